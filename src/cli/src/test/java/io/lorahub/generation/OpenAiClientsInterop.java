package io.lorahub.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.huggingface.PythonScripts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock clients of OpenAI's API against the packaged hub. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenAiClientsInterop {

    @TempDir
    static Path folder;

    private PythonScripts scripts;

    @BeforeAll
    void open() throws Exception {
        scripts = new PythonScripts(folder, "huggingface_hub-2.4.0");
    }

    @AfterAll
    void close() throws InterruptedException {
        scripts.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.57.0", "1.109.1"})
    void every_parameter_works_or_is_refused_by_name(String version) throws Exception {
        assertThat(scripts.run("openai-" + version, "openai_client.py")).contains("failed: 0");
    }

    @Test
    void curl_reads_a_stream() throws Exception {
        Process curl = new ProcessBuilder(List.of(
                        "curl",
                        "-sN",
                        scripts.url() + "/v1/completions",
                        "-H",
                        "Content-Type: application/json",
                        "-d",
                        "{\"model\": \"demo/un\", \"prompt\": \"lock\", \"temperature\": 0, \"stream\": true}"))
                .start();
        String printed = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(curl.waitFor()).isZero();
        assertThat(printed).startsWith("data: {\"id\":\"cmpl-").endsWith("data: [DONE]\n\n");
    }
}
