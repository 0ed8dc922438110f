package io.lorahub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.demo.DemoHub;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files and folders that cannot be used end a command with 3 and one sentence. */
class InputErrorsTest {

    @TempDir
    Path folder;

    static void assertInputError(String message, Object... words) {
        Run run = Run.of(words);
        assertThat(run.err()).startsWith("lorahub: ").contains(message).hasLineCount(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(ExitCode.INPUT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --log /dev/stdout  | give one instead of /dev/stdout.
        --log src          | src cannot be a log, because it isn't a regular file
        --log nodir/x      | nodir/x cannot be written:
        --out pom.xml/x    | pom.xml/x cannot be written:
        --out /proc/x      | /proc/x cannot be written:
        --out src          | src already exists; choose another folder, or add --overwrite.
        """)
    void a_place_that_cannot_be_written_to_ends_with_3(String place, String message) {
        assertInputError(message, "compose", "--demo", "un-past", place.split(" "));
    }

    @Test
    void input_that_cannot_be_used_ends_with_3_and_one_sentence() throws IOException {
        DemoHub hub = DemoHub.open();
        Path examples = Files.writeString(folder.resolve("e.jsonl"), "{\"input\": \"a\"}");
        assertInputError("e.jsonl, line 1: an example needs", "compose", "--demo", "un-past", "--examples", examples);
        assertInputError(
                "none.jsonl: there is no such file.", "compose", "--demo", "un-past", "--examples", "none.jsonl");
        assertInputError(
                "nowhere doesn't exist, so there are no adapters in it.",
                "compose",
                "--demo",
                "un-past",
                "--adapters",
                "nowhere");
        assertInputError("There is no adapter in " + folder, "compose", "--demo", "un-past", "--adapters", folder);
        assertInputError("There is no base model nobody/nothing", "tokenize", "--base", "nobody/nothing", "x");
        assertInputError(
                "There is no base model nobody/nothing",
                "generate",
                "--adapters",
                hub.adaptersFolder(),
                "--adapter",
                "un=1",
                "--base",
                "nobody/nothing",
                "--input",
                "x");
    }

    @Test
    void a_folder_without_an_adapter_is_not_pushed() throws IOException {
        Files.writeString(folder.resolve("notes.txt"), "x");
        assertInputError("There is no adapter in", "push", folder, "--server", "http://localhost:1");
    }

    @Test
    void inputs_may_be_longer_than_the_tokenizer_says_up_to_what_the_published_program_reads() throws IOException {
        Path base = Files.createDirectory(folder.resolve("base"));
        for (File file : DemoHub.open().base().toFile().listFiles()) {
            Files.copy(file.toPath(), base.resolve(file.getName()));
        }
        Files.writeString(base.resolve("tokenizer_config.json"), "{\"model_max_length\": 512}");
        Path longer = Files.writeString(
                folder.resolve("long.jsonl"), "{\"input\": \"%s\", \"output\": \"b\"}".formatted("a ".repeat(700)));
        assertThat(Run.of("evaluate", "--base", base, "--examples", longer).code())
                .isZero();
        Path longest = Files.writeString(
                folder.resolve("longest.jsonl"), "{\"input\": \"%s\", \"output\": \"b\"}".formatted("a ".repeat(3000)));
        Run refused = Run.of("evaluate", "--base", base, "--examples", longest);
        assertThat(refused.code()).isEqualTo(ExitCode.INPUT);
        assertThat(refused.err()).contains("tokens; the limit is 2,048.");
        Path un = DemoHub.open().adaptersFolder().resolve("un");
        String[] generate = {"generate", "--base", base.toString(), "--adapters", un.toString(), "--input"};
        assertThat(Run.of(generate, "a ".repeat(3000)).err()).contains("The input has ");
        assertThat(Run.of(generate, "a", "--input", "a ".repeat(3000)).err()).contains(": Input 2 has ");
    }

    @Test
    void an_adapter_that_cannot_be_opened_is_named_once() throws IOException {
        Path adapter = Files.createDirectory(folder.resolve("broken"));
        Files.copy(
                DemoHub.open().adaptersFolder().resolve("un/adapter_config.json"),
                adapter.resolve("adapter_config.json"));
        Files.writeString(adapter.resolve("adapter_model.safetensors"), "not tensors");
        Run run = Run.of("evaluate", "--demo", "un-past", "--adapters", adapter);
        assertThat(run.err()).startsWith("lorahub: The file " + adapter).containsOnlyOnce("cannot be used: ");

        Files.writeString(adapter.resolve("adapter_config.json"), "{} {}");
        Files.copy(
                DemoHub.open().adaptersFolder().resolve("un/adapter_model.safetensors"),
                adapter.resolve("adapter_model.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);
        assertInputError(
                "cannot be used: adapter_config.json isn't valid JSON: line 1, column 4: something follows the end",
                "evaluate",
                "--demo",
                "un-past",
                "--adapters",
                adapter);
    }

    @Test
    void a_folder_that_is_tried_for_writing_leaves_nothing() {
        Path out = folder.resolve("a/b/merged");
        Run run = Run.of("merge", "--demo", "un-past", "--adapter", "nobody=1", "--out", out);
        assertThat(run.err()).contains("There is no adapter nobody");
        assertThat(folder).isEmptyDirectory();
        Path longest = folder.resolve("x".repeat(250));
        Run refused = Run.of("merge", "--demo", "un-past", "--adapter", "un=1", "--out", longest);
        assertThat(refused.err()).contains("cannot be written: ");
        assertThat(refused.code()).isEqualTo(ExitCode.INPUT);
        assertThat(folder).isEmptyDirectory();
    }
}
