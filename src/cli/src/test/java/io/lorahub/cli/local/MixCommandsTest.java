package io.lorahub.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.cli.Run;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.demo.DemoHub;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that take weights: evaluate, merge, generate. */
class MixCommandsTest {

    private static final DemoHub HUB = DemoHub.open();

    @TempDir
    Path folder;

    @Test
    void evaluate_gives_what_peft_gives() throws IOException {
        JsonNode expected = reference().get("exact").get(0);
        Run few = Run.of(
                "evaluate",
                "--base",
                HUB.base(),
                "--adapter",
                "un=1",
                "--adapter",
                "past=1",
                "--adapters",
                HUB.adaptersFolder(),
                "--composition",
                "exact",
                "--objective",
                "loss",
                "--examples",
                HUB.task("un-past").fewShotFile(1),
                "--predictions",
                "--json");
        assertThat(few.code()).as(few.err()).isZero();
        JsonNode json = few.json();
        double mean = 0;
        for (int i = 0; i < 5; i++) {
            double loss = expected.get("example_losses").get(i).doubleValue();
            assertThat(json.get("example_losses").get(i).doubleValue())
                    .isCloseTo(loss, within(1e-4 * Math.max(1, loss)));
            mean += loss / 5;
        }
        assertThat(json.get("loss").doubleValue()).isCloseTo(mean, within(1e-4));
        assertThat(json.get("objective").doubleValue()).isCloseTo(mean + 0.05 * 2 / 24, within(1e-4));
        assertThat(json.get("predictions").size()).isEqualTo(5);
        assertThat(few.err()).isEmpty();

        JsonNode held = Run.of(
                        "evaluate",
                        "--demo",
                        "un-past",
                        "--adapter",
                        "un=1",
                        "--adapter",
                        "past=1",
                        "--json",
                        "--predictions")
                .json();
        assertThat(held.get("exact_match")).isEqualTo(expected.get("exact_match"));
        for (int i = 0; i < 20; i++) {
            assertThat(held.get("predictions").get(i))
                    .isEqualTo(expected.get("predictions").get(i));
        }
    }

    @Test
    void evaluate_gives_the_published_programs_objective() throws IOException {
        JsonNode expected = reference().get("objectives").get(1);
        Run run = Run.of(
                "evaluate",
                "--demo",
                "un-past",
                "--draw",
                "1",
                "--adapter",
                "brackets=1",
                "--composition",
                "factor",
                "--objective",
                "reference",
                "--batch-size",
                "2",
                "--json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("objective").doubleValue())
                .isCloseTo(expected.get("objective_batch_2").doubleValue(), within(1e-3));
        assertThat(run.json().has("predictions")).isFalse();
    }

    @Test
    void an_adapter_may_be_named_by_its_path() {
        Path un = HUB.adaptersFolder().resolve("un");
        Run byPath = Run.of("evaluate", "--demo", "un-past", "--adapter", HUB.adaptersFolder() + "/un", "--json");
        assertThat(byPath.code()).isEqualTo(ExitCode.USAGE);
        assertThat(byPath.err()).contains("There are two adapters named un, one of them");

        Run alone = Run.of(
                "evaluate", "--adapter", un, "--examples", HUB.task("un-past").fewShotFile(1), "--json");
        assertThat(alone.code()).as(alone.err()).isZero();
        JsonNode named = Run.of(
                        "evaluate",
                        "--adapters",
                        un,
                        "--examples",
                        HUB.task("un-past").fewShotFile(1),
                        "--json")
                .json();
        assertThat(alone.json()).isEqualTo(named);
        Run none = Run.of("evaluate", "--demo", "un-past", "--adapter", "no/such.zip=1");
        assertThat(none.code()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("There is no folder or zip no/such.zip to take an adapter from.");
        Run two = Run.of(
                "generate", "--adapter", un + "=1", "--adapter", HUB.adaptersFolder() + "/past=1", "--input", "lock");
        assertThat(two.code()).as(two.err()).isZero();
    }

    @Test
    void evaluate_shows_what_is_right_and_what_was_wanted() {
        Run run = Run.of("evaluate", "--demo", "un-past", "--adapter", "un=1", "--adapter", "past=1", "--predictions");
        assertThat(run.out())
                .contains(
                        "✓ skill → unskilled", "   expected un", "66 of 100 right: 66 % (95 % interval 56.3 to 74.5)");
    }

    @Test
    void merge_writes_a_compressed_adapter_that_generate_runs() {
        Path merged = folder.resolve("merged");
        Run run = Run.of(
                "merge",
                "--base",
                HUB.base(),
                "--adapters",
                HUB.adaptersFolder(),
                "--adapter",
                "un=0.9",
                "--adapter",
                "past=1",
                "--rank",
                "12",
                "--out",
                merged);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains("Written to " + merged + ": rank 12 instead of 16, which changes ΔW by 0.")
                .contains("3 of 3 predictions are the same, on short texts that come with LoraHub.");
        assertThat(merged.resolve("recipe.json")).content().contains("\"weight\" : 0.9");

        String[] inputs = {"--input", "lock", "--input", "door"};
        Run own = Run.of("generate", "--adapters", merged, "--adapter", "merged=1", inputs);
        Run mix =
                Run.of("generate", "--demo", "un-past", "--adapter", "un=0.9", "--adapter", "past=1", inputs, "--json");
        assertThat(own.out().lines()).hasSize(2).first().asString().startsWith("unlock");
        assertThat(own.out().lines().toList())
                .containsExactly(
                        mix.json().get("outputs").get(0).get("output").textValue(),
                        mix.json().get("outputs").get(1).get("output").textValue());

        Run twice = Run.of("merge", "--adapters", HUB.adaptersFolder(), "--adapter", "un=1", "--out", merged);
        assertThat(twice.code()).isEqualTo(ExitCode.INPUT);
        assertThat(twice.err()).contains(merged + " already exists; choose another folder, or add --overwrite.");
    }

    @Test
    void a_rank_beyond_that_of_the_mix_is_not_there_to_be_had() {
        String[] mix = {"--adapter", "un=0.9", "--adapter", "past=1"};
        Run more = Run.of("merge", "--demo", "un-past", mix, "--rank", "600", "--out", folder.resolve("more"));
        assertThat(more.out().replaceAll("\\s+", " ")).contains("rank 16, lossless; the mix has no higher rank. Read");
        Run whole = Run.of("merge", "--demo", "un-past", mix, "--rank", "16", "--out", folder.resolve("whole"));
        assertThat(whole.out().replaceAll("\\s+", " ")).contains("rank 16, lossless. Read");
    }

    @Test
    void generate_streams_what_it_otherwise_prints_at_once() {
        String[] mix = {"generate", "--demo", "un-past", "--adapter", "un=0.9", "--adapter", "past=1"};
        String[] inputs = {"--input", "lock", "--input", "door", "--input", "happy"};
        List<String> flushed = new ArrayList<>();
        StringWriter out = new StringWriter() {
            @Override
            public void flush() {
                flushed.add(toString());
            }
        };
        assertThat(Run.printing(out, mix, inputs, "--stream").out())
                .isEqualTo(Run.of(mix, inputs).out());
        assertThat(flushed).contains("unl", "unlo", "unloc");
    }

    @Test
    void generate_draws_the_same_for_the_same_seed() {
        String[] command = {
            "generate", "--demo", "un-past", "--adapter", "un=1", "--input", "lock", "--temperature", "2", "--json"
        };
        Run one = Run.of(command, "--seed", "1");
        assertThat(one.code()).as(one.err()).isZero();
        assertThat(Run.of(command, "--seed", "1").out()).isEqualTo(one.out());
        assertThat(IntStream.range(2, 8)
                        .mapToObj(seed -> Run.of(command, "--seed", seed).out()))
                .anyMatch(other -> !other.equals(one.out()));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "--stream --json, --stream prints text as it comes",
                "--stream --composition factor, --stream and --temperature need --composition exact.",
                "--temperature 2.5, |--temperature must be from 0 to 2, but is 2.5.|",
                "--server http://localhost:1, |--server needs --model, the name of a model of the hub.|",
                "--model demo/un, --model takes a model of a hub; leave out --demo."
            })
    void options_of_generate_that_do_not_go_together(String options, String message) {
        Run run = Run.of("generate", "--demo", "un-past", "--adapter", "un=1", "--input", "lock", options.split(" "));
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(message);
    }

    @Test
    void generate_reads_piped_lines() {
        Run run = Run.reading("lock\n\nskill\n", "generate", "--demo", "un-past", "--adapter", "un=1");
        assertThat(run.out().lines()).hasSize(3).startsWith("unlock").endsWith("unskill");
        Run tokens = Run.reading("\ufefflock\r\n\nskill", "tokenize", "--base", HUB.base(), "--json");
        assertThat(tokens.json().get("texts"))
                .extracting(t -> t.get("text").textValue())
                .containsExactly("lock", "", "skill");
    }

    @Test
    void evaluate_says_which_characters_the_tokenizer_does_not_know(@TempDir Path place) throws IOException {
        Path strange = Files.writeString(place.resolve("strange.csv"), "input,output\nlock,東locked\n");
        Run run = Run.of("evaluate", "--base", DemoHub.open().base(), "--examples", strange);
        assertThat(run.err()).contains("warning: The base model's tokenizer has no token for 東");
    }

    @Test
    void evaluate_reads_piped_examples() {
        String[] command = {"evaluate", "--demo", "un-past", "--adapter", "un=1", "--examples", "-", "--json"};
        Run lines = Run.reading("{\"input\":\"lock\",\"output\":\"unlock\"}\n", (Object[]) command);
        assertThat(lines.json().get("exact_match").doubleValue()).isEqualTo(100);
        Run table = Run.reading("input,output\nlock,unlock\nskill,skill\n", (Object[]) command);
        assertThat(table.json().get("exact_match").doubleValue()).isEqualTo(50);
        Run none = Run.reading("", (Object[]) command);
        assertThat(none.code()).isEqualTo(ExitCode.INPUT);
        assertThat(none.err()).contains("standard input: the file is empty");
    }

    @Test
    void piped_text_must_be_utf_8() {
        byte[] bytes = "lock\n\nsk\u00e9ll\n".getBytes(StandardCharsets.ISO_8859_1);
        for (String command :
                new String[] {"generate --demo un-past --adapter un=1", "tokenize --base lorahub/demo-base"}) {
            Run run = Run.reading(bytes, (Object) command.split(" "));
            assertThat(run.code()).isEqualTo(ExitCode.INPUT);
            assertThat(run.err()).contains("Standard input, line 3: this is not UTF-8 text.");
        }
    }

    @Test
    void a_single_adapter_needs_no_weight_and_several_do_as_the_help_says() {
        Path adapters = HUB.adaptersFolder();
        for (String command : new String[] {"evaluate", "generate"}) {
            assertThat(Run.of(command, "--help").out().replaceAll("\\s+", " "))
                    .contains("is a single adapter, you can omit --adapter; its weight is then 1. Without either,");
        }
        Run alone = Run.of("generate", "--adapters", adapters.resolve("un"), "--input", "lock");
        assertThat(alone.out()).isEqualTo("unlock\n");
        Run several = Run.of("generate", "--adapters", adapters, "--input", "lock");
        assertThat(several.code()).isEqualTo(ExitCode.USAGE);
        assertThat(several.err()).contains("Give each adapter of the mix a weight");
    }

    @Test
    void without_an_adapter_the_base_model_runs_alone() {
        Run zero = Run.of("evaluate", "--demo", "un-past", "--adapter", "un=0", "--json", "--predictions");
        Run alone = Run.of("evaluate", "--demo", "un-past", "--json", "--predictions");
        assertThat(alone.code()).as(alone.err()).isZero();
        assertThat(alone.json().get("loss").doubleValue())
                .isCloseTo(zero.json().get("loss").doubleValue(), within(1e-5));
        assertThat(alone.json().get("objective")).isEqualTo(alone.json().get("loss"));
        assertThat(alone.json().get("predictions")).isEqualTo(zero.json().get("predictions"));
        assertThat(alone.err()).contains("no --adapter given; running the base model alone.");

        Run generated = Run.of("generate", "--base", HUB.base(), "--input", "lock");
        assertThat(generated.code()).as(generated.err()).isZero();
        assertThat(generated.out().lines()).hasSize(1);
        Run merged = Run.of("merge", "--demo", "un-past", "--out", folder.resolve("m"));
        assertThat(merged.err()).contains("Give each adapter of the mix a weight");
    }

    @Test
    void tokenize_shows_ids_tokens_and_the_text_again() throws IOException {
        JsonNode expected = new ObjectMapper()
                .readTree(getClass().getResource("/reference/lorahub.json"))
                .get("tokens")
                .get(0);
        String text = expected.get("text").textValue();
        JsonNode json = Run.of("tokenize", "--base", HUB.base(), "--json", text)
                .json()
                .get("texts")
                .get(0);
        assertThat(json.get("ids")).isEqualTo(expected.get("ids"));
        assertThat(json.get("decoded")).isEqualTo(expected.get("decoded"));
        assertThat(json.get("tokens").get(json.get("tokens").size() - 1).textValue())
                .isEqualTo("</s>");
        assertThat(Run.reading(text + "\n", "tokenize", "--base", "lorahub/demo-base")
                        .out())
                .contains("ids      3 7 21 24 7 10 8 1", "decoded  " + text);
    }

    private static JsonNode reference() throws IOException {
        return new ObjectMapper()
                .readTree(MixCommandsTest.class.getResource("/reference/lorahub.json"))
                .get("tasks")
                .get("un-past");
    }
}
