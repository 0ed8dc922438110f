package io.lorahub.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.cli.Run;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainTextTest {

    @TempDir
    Path folder;

    @Test
    void styles_pass() throws IOException {
        String styled = "\u001b[31mbad\u001b[39m \u001b[1;31mworse\u001b[22;39m";
        assertThat(plain(styled)).isEqualTo(styled);
    }

    @Test
    void control_characters_are_shown() throws IOException {
        assertThat(plain("\u001b[2Jgone")).isEqualTo("\\u001b[2Jgone");
        assertThat(plain("\u001b]0;title\u0007")).isEqualTo("\\u001b]0;title\\u0007");
        assertThat(plain("\u001b[8mhidden")).isEqualTo("\\u001b[8mhidden");
        assertThat(plain("\u001b\u001b[1mx")).isEqualTo("\\u001b\u001b[1mx");
        assertThat(plain("\u001b[" + "1".repeat(20) + "m")).isEqualTo("\\u001b[" + "1".repeat(20) + "m");
        assertThat(plain("end\u001b[1")).isEqualTo("end\\u001b[1");
    }

    @Test
    void lines_and_tabs_pass_and_the_rest_is_shown() throws IOException {
        assertThat(plain("a\tb\nc\r\nd")).isEqualTo("a\tb\nc\r\nd");
        assertThat(plain("over\rwritten\b\u009b2J\u202e")).isEqualTo("over\\u000dwritten\\u0008\\u009b2J\\u202e");
    }

    @Test
    void the_contents_of_a_file_do_not_control_the_terminal() throws IOException {
        Path adapter = Files.createDirectory(folder.resolve("evil"));
        Files.writeString(
                adapter.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 4, \"base_model_name_or_path\": \"x\\u001b[2J\", \"\\u001b]0;t\\u0007\": 1}");
        Run run = Run.of("inspect", adapter);
        assertThat(run.out() + run.err()).doesNotContain("\u001b", "\u0007");
    }

    private static String plain(String text) throws IOException {
        StringWriter out = new StringWriter();
        try (PlainText plain = new PlainText(out)) {
            plain.write(text);
        }
        return out.toString();
    }
}
