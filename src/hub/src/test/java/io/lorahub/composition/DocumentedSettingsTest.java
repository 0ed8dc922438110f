package io.lorahub.composition;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The settings in docs/guides/api.md are those that are declared. */
class DocumentedSettingsTest {

    private static <T> String row(SearchSetting<T> setting) {
        String usual = setting.usual().map(setting::text).orElse("none");
        return "| `%s` | %s | %s |".formatted(setting.name(), usual, setting.help());
    }

    @Test
    void a_row_for_each() throws IOException {
        List<String> documented = Files.readString(Checkout.path("docs/guides/api.md"))
                .lines()
                .filter(line -> line.matches("\\| `[a-z_0-9]+` \\|.*"))
                .toList();

        assertThat(documented)
                .isEqualTo(RunSettings.REQUESTED.stream()
                        .map(DocumentedSettingsTest::row)
                        .toList());
    }
}
