package io.lorahub.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.server.HubProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock clients against the packaged hub; {@code ./lorahub test --interop} installs them. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HuggingFaceClientsInterop {

    private static final Path SCRIPTS = Path.of("src", "test", "interop").toAbsolutePath();

    @TempDir
    static Path folder;

    private final Path installed = Path.of(System.getProperty("lorahub.interop"));
    private HubProcess hub;
    private String url;

    @BeforeAll
    void open() throws Exception {
        hub = HubProcess.start(Map.of(), "serve", "--data", folder.resolve("hub"), "--port", 0);
        url = hub.awaitUrl();
        run("python", "members.py");
    }

    @AfterAll
    void close() throws InterruptedException {
        hub.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.4.0", "2.3.0", "2.2.0"})
    void huggingface_hub_reads(String version) throws Exception {
        run("huggingface_hub-" + version, "read.py");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.4.0", "2.3.0", "2.2.0"})
    void huggingface_hub_writes(String version) throws Exception {
        run("huggingface_hub-" + version, "write.py");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.4.0", "2.3.0", "2.2.0"})
    void four_fifths_of_the_tests_of_huggingface_hub_that_apply_pass(String version) throws Exception {
        String members = folder.resolve("members-" + version + ".json").toString();
        String environment = "huggingface_hub-" + version;
        run(environment, "client_tests_members.py", Map.of("LORAHUB_TOKENS", members));

        String counts = run(
                environment,
                "client_tests.py",
                Map.of("LORAHUB_TOKENS", members),
                installed.resolve("client-tests").toString());

        System.out.println(counts);
    }

    @Test
    void peft_and_transformers_load_an_adapter() throws Exception {
        assertThat(run("python", "peft_read.py", "demo/adverb")).contains("PeftModelForSeq2SeqLM");
    }

    @Test
    void adapters_pushed_by_peft_are_read_back_equal() throws Exception {
        assertThat(run("python", "peft_push.py")).contains("same True");
    }

    private String run(String environment, String script, String... more) throws Exception {
        return run(
                environment,
                script,
                Map.of("LORAHUB_TOKENS", folder.resolve("tokens.json").toString()),
                more);
    }

    private String run(String environment, String script, Map<String, String> variables, String... more)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(
                installed.resolve(environment).resolve("bin/python").toString(),
                SCRIPTS.resolve(script).toString(),
                url));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(variables);
        builder.environment().put("HF_HUB_DISABLE_PROGRESS_BARS", "1");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
