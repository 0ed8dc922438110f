package io.lorahub.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stock PEFT and transformers against the packaged hub. */
@Timeout(value = 11, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PeftInterop {

    @TempDir
    static Path folder;

    private PythonScripts scripts;

    @BeforeAll
    void open() throws Exception {
        scripts = new PythonScripts(folder, "python");
    }

    @AfterAll
    void close() throws InterruptedException {
        scripts.close();
    }

    @Test
    void peft_and_transformers_load_an_adapter() throws Exception {
        assertThat(scripts.run("python", "peft_read.py", "demo/adverb")).contains("PeftModelForSeq2SeqLM");
    }

    @Test
    void adapters_pushed_by_peft_are_read_back_equal() throws Exception {
        assertThat(scripts.run("python", "peft_push.py")).contains("same True");
    }

    @Test
    void adapters_and_checkpoints_pushed_by_a_trainer_are_read_back_equal() throws Exception {
        assertThat(scripts.run("python", "trainer_push.py"))
                .contains(Stream.of("every_save", "checkpoint", "all_checkpoints", "end")
                        .map(strategy -> strategy + " same True pickles []")
                        .toList());
    }
}
