package io.lorahub.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginFileTest {

    private static final URI ONE = URI.create("https://one.example.org");
    private static final URI OTHER = URI.create("https://other.example.org");

    @TempDir
    Path home;

    @Test
    void tokens_are_kept_by_hub_and_the_last_hub_is_used() {
        LoginFile file = new LoginFile(home.resolve("lorahub"));
        assertThat(file.server()).isEmpty();
        file.save(new Login(ONE, "a"));
        file.save(new Login(OTHER, "b"));
        LoginFile again = new LoginFile(home.resolve("lorahub"));
        assertThat(again.server()).contains(OTHER);
        assertThat(again.token(ONE)).contains("a");
        assertThat(again.token(OTHER)).contains("b");
    }

    @Test
    void only_the_user_can_read_it() throws IOException {
        LoginFile file = new LoginFile(home.resolve("lorahub"));
        file.save(new Login(ONE, "a"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(file.path().getParent())))
                .isEqualTo("rwx------");
        assertThat(file.path().getParent().toFile().list()).containsExactly("login.json");
    }

    @Test
    void a_forgotten_token_is_gone() throws IOException {
        LoginFile file = new LoginFile(home);
        file.save(new Login(ONE, "secret-a"));
        assertThat(file.forget(OTHER)).isFalse();
        assertThat(file.forget(ONE)).isTrue();
        assertThat(file.forget(ONE)).isFalse();
        assertThat(file.server()).isEmpty();
        assertThat(Files.readString(file.path())).doesNotContain("secret-a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "\"x\""})
    void a_damaged_file_is_named(String content) throws IOException {
        LoginFile file = new LoginFile(home);
        Files.writeString(file.path(), content);
        assertThatThrownBy(file::server)
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("login.json is damaged; delete it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hub.example.org", "ftp://hub.example.org", "https://", "http://a b", "file:///etc/passwd"})
    void a_malformed_address_is_refused(String text) {
        assertThatThrownBy(() -> Login.server(text)).hasMessageContaining("isn't the address of a hub");
    }

    @Test
    void a_token_is_not_shown_and_an_open_way_is_noticed() {
        assertThat(new Login(ONE, "secret").toString()).doesNotContain("secret");
        assertThat(new Login(Login.server("http://hub.example.org/"), "").isUnencrypted())
                .isTrue();
        assertThat(new Login(Login.server("http://localhost:8080"), "").isUnencrypted())
                .isFalse();
        assertThat(new Login(Login.server("http://localhost.example.org"), "").isUnencrypted())
                .isTrue();
        assertThat(new Login(Login.server("http://127.evil.example.org"), "").isUnencrypted())
                .isTrue();
        assertThat(new Login(ONE, "").isUnencrypted()).isFalse();
    }
}
