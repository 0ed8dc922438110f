package io.lorahub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a pseudo-terminal, which script (of util-linux) makes. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class TerminalTest {

    @BeforeAll
    static void requireScript() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script is not installed");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/stty")), "stty is not installed");
    }

    @Test
    void text_fits_the_terminal_though_the_shell_does_not_export_its_width() throws Exception {
        assertThat(onTerminal(64, "runs --help").lines()).allMatch(line -> line.length() <= 64);
        String verdict = onTerminal(44, "compose --demo un-past --budget 2");
        assertThat(verdict.lines()
                        .dropWhile(line -> !line.startsWith("The best single"))
                        .takeWhile(line -> !line.isBlank()))
                .hasSizeGreaterThan(1)
                .allMatch(line -> line.length() <= 44);
    }

    private static String onTerminal(int columns, String words) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String line = "stty cols %d; \"%s\" -XX:TieredStopAtLevel=1 %s %s"
                .formatted(columns, java, Main.class.getName(), words);
        ProcessBuilder builder = new ProcessBuilder("/usr/bin/script", "-qec", line, "/dev/null");
        builder.environment().remove("COLUMNS");
        builder.environment().put("TERM", "dumb");
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text.replace("\r\n", "\n");
    }
}
