package io.lorahub.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.cli.Main;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** In their own processes, because only these have a real standard output. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class StandardOutputTest {

    private static ProcessBuilder help() {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "compose",
                "--help");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void an_output_that_a_full_disk_did_not_take_is_an_error() throws Exception {
        Process process = help().redirectOutput(new File("/dev/full")).start();
        String err = new String(process.getErrorStream().readAllBytes());
        assertThat(process.waitFor()).as(err).isEqualTo(ExitCode.INPUT);
        assertThat(err).contains("lorahub: Standard output cannot be written: No space left on device.");
    }

    @Test
    void a_reader_that_has_read_enough_is_none() throws IOException, InterruptedException {
        Process process = help().start();
        process.getInputStream().close();
        String err = new String(process.getErrorStream().readAllBytes());
        assertThat(process.waitFor()).as(err).isZero();
        assertThat(err).doesNotContain("Standard output");
    }
}
