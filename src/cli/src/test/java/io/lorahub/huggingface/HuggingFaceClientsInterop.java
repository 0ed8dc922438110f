package io.lorahub.huggingface;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock clients of three versions, and their own tests, against the packaged hub. */
@Timeout(value = 11, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HuggingFaceClientsInterop {

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
    @ValueSource(strings = {"2.4.0", "1.33.0", "0.36.2"})
    void huggingface_hub_reads(String version) throws Exception {
        scripts.run("huggingface_hub-" + version, "read.py");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.4.0", "1.33.0", "0.36.2"})
    void huggingface_hub_writes(String version) throws Exception {
        scripts.run("huggingface_hub-" + version, "write.py");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.4.0", "1.33.0", "0.36.2"})
    void the_tests_of_huggingface_hub_pass_except_those_that_the_table_names(String version) throws Exception {
        Path members = folder.resolve("members-" + version + ".json");
        String environment = "huggingface_hub-" + version;
        scripts.run(environment, "client_tests_members.py", members);

        String counts = scripts.run(
                environment,
                "client_tests.py",
                members,
                scripts.installed().resolve("client-tests").toString());

        System.out.println(counts);
    }
}
