package io.lorahub.account;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.ws.rs.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReservedNamesTest {

    private static final Pattern FIRST = Pattern.compile("^/?([a-z0-9-]+)(/.*)?$");

    @Test
    void nobody_can_take_a_name_with_which_an_address_of_ours_begins() {
        Set<String> addresses = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.lorahub").stream()
                        .filter(type -> type.isAnnotatedWith(Path.class))
                        .map(ReservedNamesTest::path)
                        .map(FIRST::matcher)
                        .filter(Matcher::matches)
                        .map(matcher -> matcher.group(1))
                        .collect(Collectors.toSet());
        assertThat(addresses).contains("signin", "settings", "api").allMatch(ReservedNames::contains);
    }

    @Test
    void a_suggestion_is_a_name_that_can_be_had() {
        assertThat(AccountName.suggestion("Ada.Lovelace@university.example")).isEqualTo("ada-lovelace");
        assertThat(AccountName.suggestion("__x__y__")).isEqualTo("x-y");
        assertThat(AccountName.suggestion("admin")).isEmpty();
        assertThat(AccountName.suggestion("\u00e9")).isEmpty();
        assertThat(AccountName.suggestion("a".repeat(38) + ".b")).isEqualTo("a".repeat(38));
    }

    private static String path(JavaClass type) {
        return type.getAnnotationOfType(Path.class).value();
    }
}
