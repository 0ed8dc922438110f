package io.lorahub.imports.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.web.ProblemException;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryAddressTest {

    @ParameterizedTest
    @CsvSource({
        "ada/un, ada/un, main",
        "gpt2, gpt2, main",
        " ada/un@v1.0 , ada/un, v1.0",
        "ada/un@refs/pr/1, ada/un, refs/pr/1",
    })
    void a_name_can_have_a_revision(String text, String repository, String revision) {
        assertThat(RepositoryAddress.of(text, "from"))
                .isEqualTo(new RepositoryAddress(Optional.empty(), repository, revision, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "https://huggingface.co/ada/un, https://huggingface.co, main",
        "https://huggingface.co/ada/un/, https://huggingface.co, main",
        "https://huggingface.co/ada/un/tree/v1.0, https://huggingface.co, v1.0",
        "https://huggingface.co/ada/un/blob/refs%2Fpr%2F1/README.md, https://huggingface.co, refs/pr/1",
        "http://Hub.Example:8080/ada/un?version=1.2.0, http://hub.example:8080, 1.2.0",
    })
    void a_page_names_its_hub(String text, String hub, String revision) {
        assertThat(RepositoryAddress.of(text, "from"))
                .isEqualTo(new RepositoryAddress(Optional.of(URI.create(hub)), "ada/un", revision, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "https://huggingface.co/ada/un/tree/main/checkpoints/last, checkpoints/last",
        "https://huggingface.co/ada/un/tree/main/a%20b/, a b",
        "https://huggingface.co/ada/un/blob/main/last/adapter_config.json, last",
        "https://huggingface.co/ada/un/resolve/main/last/adapter_config.json, last",
    })
    void a_page_can_name_a_folder(String text, String folder) {
        assertThat(RepositoryAddress.of(text, "from").subfolder()).contains(folder);
    }

    @Test
    void a_folder_stays_inside_the_repository() {
        RepositoryAddress top = RepositoryAddress.of("ada/un", "from");

        assertThat(top.at("/checkpoints/last/", "subfolder").subfolder()).contains("checkpoints/last");
        assertThat(top.at(" ", "subfolder")).isEqualTo(top);
        for (String wrong : new String[] {"../x", "a/./b", "a//b", "a\\b", "a\nb"}) {
            assertThatThrownBy(() -> top.at(wrong, "subfolder"))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageContaining("folder in a repository");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a/b/c",
                "../etc/passwd",
                "a/..",
                "a/b@../../x",
                "a/b@x y",
                "https://hub.example",
                "https:///a/b",
                "https://user:pw@hub.example/a/b",
                "https://hub.example/a/b/settings",
                "a b"
            })
    void others_are_refused(String text) {
        assertThatThrownBy(() -> RepositoryAddress.of(text, "from")).isInstanceOf(ProblemException.class);
    }

    @Test
    void a_message_shows_no_more_than_the_start_of_a_long_text() {
        String text = "x ".repeat(10_000);
        assertThatThrownBy(() -> RepositoryAddress.of(text, "from"))
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(300));
    }
}
