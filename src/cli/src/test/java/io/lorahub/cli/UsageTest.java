package io.lorahub.cli;

import static io.lorahub.cli.InputErrorsTest.assertInputError;
import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.demo.DemoHub;
import java.lang.reflect.Field;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Options, arguments and help. Wrong usage ends with 2. */
class UsageTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        compos                                      | There is no command "compos".
        compos                                      | Did you mean: lorahub compose
        compose --bugdet 3 --demo un-past           | Possible solutions: --budget
        compose                                     | Give examples of the task with --examples FILE, or use --demo TASK.
        compose --demo tag-english                  | The task "tag-english" is one of the demo smollm2; use --demo smollm2/tag-english.
        compose --demo smollm2/un-past              | The task "un-past" is one of the demo words; use --demo un-past.
        compose --demo un-pasta                     | The demo hub has no task "un-pasta"; it has un-past, re-past
        compose --demo smollm3/past                 | There is no demo "smollm3"; there are words and smollm2.
        demo smollm3                                | There is no demo "smollm3"; there are words and smollm2.
        compose --demo un-past --draw 6             | There is no draw 6 of the demo task's examples; use 1 to 5.
        compose --draw 2                            | --draw only works with --demo.
        compose --demo un-past --budget 0           | The budget must be at least one evaluation, but is 0.
        compose --demo un-past --budget x           | Invalid value for option '--budget': "x" isn't a whole number
        compose --demo un-past --lower 1 --upper -1 | The lower bound 1.0 must be below the upper bound -1.0.
        compose --demo un-past --objective speed    | There is no objective "speed"; use one of loss, reference
        compose --demo un-past --optimizer luck     | There is no search strategy "luck"; use one of
        compose --demo un-past --batch-size -1      | The batch size must not be negative, but is -1.
        compose --demo un-past --l1 NaN             | "NaN" is not a decimal number, such as 0.7
        compose --demo un-past --l1 0x1p1           | "0x1p1" is not a decimal number, such as 0.7
        compose --demo un-past --threads 5000       | 5000 threads are more than make sense
        compose --demo un-past --candidate demo/un  | --candidate only works with --remote.
        compose --demo un-past --remote --log x     | leave out --log.
        compose --demo un-past --remote --adapters x --out y | leave out --adapters.
        compose --demo un-past --log -              | The log must be a file that a run can resume from
        compose --demo un-past --log x --resume y   | --resume keeps writing to its own log; leave out --log.
        evaluate --demo un-past --adapter un=1f     | the weight in "un=1f" must be a decimal number
        compose --demo un-past --composition sum    | use one of exact, factor (got "sum")
        compose --demo un-past --dtype int8         | use one of float32, bfloat16 (got "int8")
        compose --demo un-past --device tpu         | There is no device "tpu"; use cpu, gpu or gpu:1.
        compose --demo un-past --rank 3             | only work with --out.
        compose --demo un-past --out x --rank 0     | The rank must be at least 1, but is 0.
        compose --demo un-past --out x --max-error 2 | The error bound is a share from 0 to below 1, but is 2.0.
        compose --demo un-past --out x --lossless --rank 3 | Give --lossless, or --rank or --max-error, not both.
        compose --demo un-past --lossless           | --lossless only works with --out.
        compose --demo un-past --max-new-tokens 0   | --max-new-tokens must be from 1 to 4096, but is 0.
        runs download 123 -o x                      | "123" isn't the ID of a run
        runs watch 123                              | lorahub runs list shows yours.
        evaluate --demo un-past --adapter unn=1     | There is no adapter unn in the demo hub. Did you mean un?
        evaluate --demo un-past --adapter xyzzy=1   | There is no adapter xyzzy in the demo hub. The names are adverb, agent
        evaluate --demo un-past --adapter un=NaN    | the weight in "un=NaN" must be a decimal number, such as 0.7, not "NaN"
        evaluate --demo un-past --adapter =1        | "=1" isn't NAME=WEIGHT, such as un=0.7
        evaluate --demo un-past --adapter un --adapter past=1 | Give un a weight, as in --adapter un=0.7.
        evaluate --demo un-past --adapter un=1 --adapter un=2 | The adapter un has two weights; give one.
        generate --base src --adapter un            | There is no folder or zip un to take an adapter from. Give adapters with --adapters PATH
        generate --adapter src=1 --adapter un=1     | There is no folder or zip un to take an adapter from. Give adapters with --adapters PATH
        merge --demo un-past --out x                | Give each adapter of the mix a weight
        merge --demo un-past --adapter un=1         | Give the folder to write with --out DIR.
        serve --port x                              | Invalid value for option '--port': "x" isn't a whole number
        compose --demo un-past --budget 5000000000  | 5000000000 is out of range; the largest is 2147483647
        serve --port 99999                          | The port must be from 0 to 65535, not 99999.
        search --limit 0                            | --limit must be from 1 to 100, but is 0.
        search --sort best                          | use one of relevance, trending, downloads, likes, newest (got "best")
        push un --name un --visibility secret       | use one of private, unlisted, public (got "secret")
        verify-store --unread-days -1               | The days must be 0 or more, not -1.
        worker                                      | Set LORAHUB_DATABASE_URL to the hub's PostgreSQL.
        tokenize x                                  | Missing required option: '--base=DIR'
        tokenize --base lorahub/demo-base --output x | Give the example with --input TEXT and --output TEXT
        tokenize --base lorahub/demo-base --prompt chat x | --prompt and --system need --input.
        tokenize --base lorahub/demo-base --input x --output y z | and no other text.
        tokenize --base lorahub/demo-base --prompt Q:{input} --input x --output y | has no {output}
        tokenize --base lorahub/demo-base --prompt plain --system s --input x | A system text needs the prompt format chat
        """)
    void wrong_usage_ends_with_2_and_says_what_is_allowed(String line, String message) {
        Run run = Run.of((Object) line.split(" "));
        assertThat(run.err()).contains(message).doesNotContain("\tat ").contains("--help'.");
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void help_of_a_command_is_help() {
        assertThat(Run.of("help", "compose").out())
                .isEqualTo(Run.of("compose", "--help").out());
    }

    @Test
    void two_adapters_of_one_name_are_refused() {
        Path adapters = DemoHub.open().adaptersFolder();
        Path other = anAdapter().in(folder, "un");
        Run run = Run.of("compose", "--demo", "un-past", "--adapters", adapters, "--adapters", other);
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("Two adapters are named un: ");
    }

    @Test
    void one_adapter_that_is_given_twice_counts_once() {
        Path adapters = DemoHub.open().adaptersFolder();
        Path un = adapters.resolve("un");
        Run run = Run.of(
                "evaluate",
                "--demo",
                "un-past",
                "--adapters",
                adapters,
                "--adapters",
                un,
                "--adapter",
                "un=1",
                "--json");
        assertThat(run.code()).as(run.err()).isZero();
    }

    @Test
    void types_go_by_their_short_names_too() {
        Run run = Run.of("evaluate", "--demo", "un-past", "--draw", "1", "--dtype", "BF16", "--json");
        assertThat(run.code()).as(run.err()).isZero();
    }

    @Test
    void debug_shows_where_an_error_comes_from() {
        Run run = Run.of("compose", "--demo", "un-past", "--examples", "none.jsonl", "--debug");
        assertThat(run.err()).contains("none.jsonl: there is no such file.", "\tat io.lorahub");
    }

    @Test
    void help_shows_every_command_and_the_exit_codes() {
        Run run = Run.of("--help");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains(
                        "serve",
                        "worker",
                        "compose",
                        "evaluate",
                        "generate",
                        "merge",
                        "inspect",
                        "tokenize",
                        "demo",
                        "bench",
                        "login",
                        "logout",
                        "search",
                        "pull",
                        "push",
                        "completion")
                .contains("130   interrupted")
                .doesNotContain("warm-up");
        assertThat(Run.of("compose", "--help").out()).contains("--budget=N", "(default 40)", "Exit codes:");
        assertThat(Run.of("serve", "--help").out())
                .contains("LORAHUB_DATA", "LORAHUB_HOST", "LORAHUB_PORT", "LORAHUB_PUBLIC_URL", "LORAHUB_DATABASE_URL");
        assertThat(Run.of("--version").out()).startsWith("LoraHub ");
        assertThat(Run.of().code()).isEqualTo(ExitCode.USAGE);
    }

    /** picocli formats them, and warns on standard error where a percent sign is not doubled. */
    @Test
    void descriptions_of_options_are_formats() {
        requireFormats(Main.commandLine());
    }

    private static void requireFormats(CommandLine command) {
        command.getCommandSpec().args().forEach(arg -> {
            // description() is formatted already
            if (arg.userObject() instanceof Field field && field.isAnnotationPresent(CommandLine.Option.class)) {
                for (String text : field.getAnnotation(CommandLine.Option.class).description()) {
                    assertThatCode(() -> String.format(text)).as(text).doesNotThrowAnyException();
                }
            }
        });
        command.getSubcommands().values().forEach(UsageTest::requireFormats);
    }

    @Test
    void completion_knows_commands_options_and_values() {
        Run run = Run.of("completion");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .startsWith("#!/usr/bin/env bash")
                .contains("--held-out", "exact-match", "float32", "\"inspect\"");
    }

    @Test
    void demo_lists_and_exports_the_hub() {
        Run run = Run.of("demo");
        assertThat(run.out()).contains("24 adapters", "Prefix un-", "un-past", "motif → unmotifed");
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
        Path copy = folder.resolve("copy");
        Run exported = Run.of("demo", "--export", copy, "--json");
        assertThat(exported.json().get("folder").textValue()).isEqualTo(copy.toString());
        assertThat(exported.json().get("adapters")).hasSize(24);
        assertThat(exported.json().get("tasks")).hasSize(8);
        assertThat(copy.resolve("base/model.safetensors")).isRegularFile();
        assertInputError("is not empty", "demo", "--export", copy);
    }
}
