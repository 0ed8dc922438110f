package io.lorahub.account.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccountsConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecondFactorKeyTest {

    private static final String SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

    @TempDir
    Path data;

    private Path file;

    @BeforeEach
    void name() {
        file = data.resolve("second-factor.key");
    }

    @Test
    void the_key_is_made_once_for_its_owner_alone_and_moves_with_the_data_directory() throws IOException {
        String sealed = ofFile(file).seal(7, SECRET);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Path moved = Files.copy(file, data.resolve("moved.key"));
        assertThat(ofFile(moved).open(7, sealed)).contains(SECRET);
    }

    @Test
    void another_key_or_another_person_opens_nothing() {
        SecondFactorKey key = ofFile(file);
        String sealed = key.seal(7, SECRET);

        assertThat(key.open(8, sealed)).isEmpty();
        assertThat(ofFile(data.resolve("other.key")).open(7, sealed)).isEmpty();
        assertThat(key.seal(7, SECRET)).as("a nonce of its own").isNotEqualTo(sealed);
    }

    @Test
    void a_setting_goes_before_the_file() {
        String setting = "k".repeat(40);
        String sealed = of("lorahub.accounts.secret-key", setting, file).seal(7, SECRET);

        assertThat(file).doesNotExist();
        assertThat(of("lorahub.accounts.secret-key", setting, file).open(7, sealed))
                .contains(SECRET);
    }

    private static SecondFactorKey ofFile(Path file) {
        return of("lorahub.accounts.registration", "true", file);
    }

    private static SecondFactorKey of(String name, String value, Path file) {
        return new SecondFactorKey(new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(AccountsConfig.class)
                .withDefaultValue(name, value)
                .withDefaultValue("lorahub.accounts.key-file", file.toString())
                .build()
                .getConfigMapping(AccountsConfig.class));
    }
}
