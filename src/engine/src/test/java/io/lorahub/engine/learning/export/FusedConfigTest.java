package io.lorahub.engine.learning.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FusedConfigTest {

    @TempDir
    Path folder;

    @Test
    void tokenizer_settings_that_are_no_object_are_copied_as_they_are() throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer_config.json"), "[]");
        FusedConfig.adaptTokenizer(file);
        assertThat(file).hasContent("[]");
    }

    @Test
    void missing_tokenizer_settings_stay_missing() throws IOException {
        FusedConfig.adaptTokenizer(folder.resolve("tokenizer_config.json"));
        assertThat(folder).isEmptyDirectory();
    }
}
