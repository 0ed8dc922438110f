package io.lorahub.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.cli.Run;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.demo.DemoHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComposeCommandTest {

    private static final DemoHub HUB = DemoHub.open();

    private static final String[] UN_AND_PAST = {
        "--adapters", HUB.adaptersFolder().resolve("un").toString(),
        "--adapters", HUB.adaptersFolder().resolve("past").toString()
    };

    @TempDir
    Path folder;

    @Test
    void a_demo_task_needs_no_other_argument() {
        Run run = Run.of("compose", "--demo", "un-past");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("un-past: motif → unmotifed", "40 evaluations", "Composed", "Best single: ", "Uniform mix")
                .contains("Base model", "95 % interval", "Weights")
                .doesNotContain("\u001b");
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
        assertThat(run.err()).startsWith("24 candidates from the demo hub, base model lorahub/demo-base\n");
        assertThat(run.err().lines().skip(1))
                .allMatch(line -> line.startsWith("evaluation "))
                .hasSizeBetween(1, 41);
    }

    @Test
    void the_candidates_are_printed_before_the_search() {
        Object[] rest = {"--examples", HUB.task("un-past").fewShotFile(1), "--budget", "1"};
        Path adapters = HUB.adaptersFolder();
        Run whole = Run.of(words(rest, "compose", "--base", HUB.base(), "--adapters", adapters));
        assertThat(whole.err()).contains("\n24 candidates from %s, base model %s\n".formatted(adapters, HUB.base()));
        Run one = Run.of(words(rest, "compose", "--adapters", adapters.resolve("un")));
        assertThat(one.err()).startsWith("1 candidate from %s/un, base model lorahub/demo-base\n".formatted(adapters));
        Object[] many = Stream.of("un", "past", "re", "anti", "agent")
                .flatMap(name -> Stream.of("--adapters", adapters.resolve(name)))
                .toArray();
        assertThat(Run.of(words(many, words(rest, "compose"))).err())
                .contains("\n5 candidates from %1$s/un, %1$s/past, %1$s/re and 2 more, base".formatted(adapters));
    }

    private static Object[] words(Object[] more, Object... first) {
        return Stream.of(first, more).flatMap(Stream::of).toArray();
    }

    @Test
    void one_evaluation_is_no_several() {
        Run run = Run.of("compose", "--demo", "un-past", UN_AND_PAST, "--budget", "1");
        assertThat(run.out()).contains("\n1 evaluation, ");
    }

    @Test
    void json_has_the_weights_the_controls_and_a_verdict() {
        Run run = Run.of(
                "compose",
                "--base",
                HUB.base(),
                "--adapters",
                HUB.adaptersFolder(),
                "--examples",
                HUB.task("un-past").fewShotFile(1),
                "--held-out",
                HUB.task("un-past").heldOutFile(),
                "--budget",
                "40",
                "--seed",
                "1",
                "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode json = run.json();
        assertThat(json.get("weights").size()).isEqualTo(24);
        double sum = 0;
        for (JsonNode weight : json.get("weights")) {
            assertThat(weight.doubleValue()).isBetween(-1.5, 1.5);
            sum += Math.abs(weight.doubleValue());
        }
        assertThat(json.get("objective").doubleValue())
                .isCloseTo(json.get("loss").doubleValue() + 0.05 * sum / 24, within(1e-9));
        assertThat(json.get("evaluations").intValue()).isBetween(1, 40);
        assertThat(json.get("seconds_per_evaluation").doubleValue()).isPositive();
        assertThat(json.get("exact_match").doubleValue()).isBetween(0.0, 100.0);
        assertThat(json.get("accuracy").doubleValue())
                .isGreaterThanOrEqualTo(json.get("exact_match").doubleValue());
        JsonNode controls = json.get("controls");
        assertThat(controls.get("base").get("loss").doubleValue()).isCloseTo(9.4434, within(1e-3));
        assertThat(controls.get("base").get("exact_match").doubleValue()).isZero();
        assertThat(controls.get("uniform").get("exact_match").isNumber()).isTrue();
        assertThat(HUB.adapters())
                .extracting("name")
                .contains(controls.get("best_single").get("adapter").textValue());
        assertThat(json.get("verdict").textValue()).endsWith(".");
        assertThat(run.out()).doesNotContain("null");
    }

    @Test
    void the_report_of_a_compressed_adapter_matches_the_file() {
        Path merged = folder.resolve("small");
        Object[] task = {"--base", HUB.base(), "--examples", HUB.task("un-past").fewShotFile(1)};
        Run run = Run.of(words(
                task,
                "compose",
                "--adapters",
                HUB.adaptersFolder(),
                "--held-out",
                HUB.task("un-past").heldOutFile(),
                "--max-error",
                "0.5",
                "--out",
                merged));
        Run again = Run.of(
                "evaluate",
                "--base",
                HUB.base(),
                "--examples",
                HUB.task("un-past").heldOutFile(),
                "--adapters",
                merged,
                "--json");
        long right = Math.round(again.json().get("exact_match").doubleValue());
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains("This adapter by itself: loss ")
                .contains(", %d of 100 held-out examples right.".formatted(right))
                .contains("The scores above are of the mix before compression: loss ");
    }

    @Test
    void a_mix_that_is_worse_than_one_adapter_alone_ends_with_1() {
        Path merged = folder.resolve("merged");
        Object[] line = {
            "compose",
            "--base",
            HUB.base(),
            "--adapters",
            HUB.adaptersFolder(),
            "--examples",
            HUB.task("un-past").fewShotFile(1),
            "--budget",
            "3"
        };
        Run run = Run.of(words(new Object[] {"--out", merged}, line));
        assertThat(run.code()).isEqualTo(ExitCode.FINDINGS);
        assertThat(merged).isDirectoryContaining("glob:**/adapter_model.safetensors");
        assertThat(run.err())
                .contains("warning: A budget of 3 evaluations is too small to try each of the 24 adapters alone")
                .containsPattern("warning: \\S+ alone does better than the mix that was written to " + merged);

        Run accepted = Run.of(words(new Object[] {"--accept-worse", "--json"}, line));
        assertThat(accepted.code()).isEqualTo(ExitCode.OK);
        JsonNode json = accepted.json();
        assertThat(json.path("better_single").asText())
                .isNotEmpty()
                .isEqualTo(json.at("/controls/best_single/adapter").asText());
        assertThat(accepted.err()).contains(json.path("better_single").asText() + " alone does better than the mix.");
    }

    @Test
    void without_held_out_examples_their_fields_are_left_out() {
        Run run = Run.of(
                "compose", UN_AND_PAST, "--examples", HUB.task("un-past").fewShotFile(1), "--budget", "3", "--json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().has("exact_match")).isFalse();
        assertThat(run.json().get("controls").get("base").has("exact_match")).isFalse();
        assertThat(run.json().has("written")).isFalse();
        assertThat(run.json().has("better_single")).isFalse();
    }

    @Test
    void the_published_way_writes_an_adapter_and_its_recipe() throws IOException {
        Path merged = folder.resolve("merged");
        Run run = Run.of(
                "compose",
                "--demo",
                "un-past",
                UN_AND_PAST,
                "--composition",
                "factor",
                "--objective",
                "reference",
                "--batch-size",
                "1",
                "--optimizer",
                "nelder-mead",
                "--out",
                merged,
                "--rank",
                "16",
                "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode written = run.json().get("written");
        assertThat(written.get("predictions_equal")).isEqualTo(written.get("predictions_compared"));
        assertThat(merged)
                .isDirectoryContaining("glob:**/adapter_config.json")
                .isDirectoryContaining("glob:**/adapter_model.safetensors");
        assertThat(Files.readString(merged.resolve("recipe.json"))).contains("\"nelder-mead\"", "\"sha256\"");
        assertThat(Run.of("inspect", merged).code()).isZero();

        Run replayed = Run.of("replay", merged.resolve("recipe.json"));
        assertThat(replayed.code()).as(replayed.err()).isZero();
        assertThat(replayed.out()).contains("The run ends at the same weights");

        Path others = HUB.task("re-past").fewShotFile(1);
        Run other = Run.of("replay", merged.resolve("recipe.json"), "--examples", others);
        assertThat(other.code()).isEqualTo(ExitCode.FINDINGS);
        assertThat(other.err()).startsWith("lorahub: the examples are not those of the recipe.\nevaluation ");
        assertThat(other.out())
                .containsPattern(
                        "^The run ends at different weights, whose objective is [\\d.]+, where the recipe has [\\d.]+\\.\n"
                                + "Most different: \\w+ -?[\\d.]+, in the recipe -?[\\d.]+; \\w+ -?[\\d.]+, in the recipe -?[\\d.]+\\.\n$");

        Run again = Run.of("evaluate", "--demo", "un-past", "--draw", "1", "--adapters", merged, "--l1", "0", "--json");
        assertThat(again.json().get("loss").doubleValue())
                .isCloseTo(run.json().get("loss").doubleValue(), within(1e-3));
    }

    @Test
    void a_search_without_gain_ends_early_says_so_and_is_repeated() throws IOException {
        Path merged = folder.resolve("early");
        String[] line = {
            "compose", "--demo", "un-past", "--budget", "200", "--patience", "8", "--pruning", "elimination"
        };
        Run run = Run.of(line, "--out", merged, "--json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("settled").asBoolean()).isTrue();
        assertThat(run.json().get("evaluations").asInt()).isLessThan(150);
        assertThat(run.json().get("verdict").asText())
                .startsWith("The search ended after ")
                .contains(" of 200 evaluations: 8 more evaluations brought no gain. ");
        assertThat(Files.readString(merged.resolve("recipe.json")))
                .contains("\"patience\" : 8", "\"pruning\" : \"elimination\"");

        Run replayed = Run.of("replay", merged.resolve("recipe.json"));
        assertThat(replayed.code()).as(replayed.out()).isZero();

        Run none = Run.of("compose", "--demo", "un-past", "--patience", "0");
        assertThat(none.code()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("The patience must be at least one evaluation, but is 0.");
    }

    @Test
    void a_program_of_ones_own_can_be_the_objective_and_is_never_run_by_a_replay() throws IOException {
        Path merged = folder.resolve("by-command");
        String[] line = {"compose", "--demo", "un-past", "--budget", "30", "--accept-worse"};
        String loss = "sed 's/.*\"loss\":\\([0-9.E-]*\\).*/\\1/'";
        Run run = Run.of(line, "--objective-command", loss, "--l1", "0", "--out", merged, "--json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("objective").asDouble())
                .isCloseTo(
                        run.json()
                                .get("controls")
                                .get("best_single")
                                .get("loss")
                                .asDouble(),
                        within(3.0))
                .isLessThan(run.json().get("controls").get("base").get("loss").asDouble());

        Run replayed = Run.of("replay", merged.resolve("recipe.json"));
        assertThat(replayed.err()).contains("was made with an objective command, which replay doesn't run");

        Run failed = Run.of(line, "--objective-command", "echo why >&2; exit 4");
        assertThat(failed.code()).isEqualTo(3);
        assertThat(failed.err())
                .contains("The objective command \"echo why >&2; exit 4\" ended with exit status 4. It said: why");

        Run both = Run.of(line, "--objective", "loss", "--objective-command", "wc -l");
        assertThat(both.err()).contains("Give --objective or --objective-command, not both.");
    }

    @Test
    void the_right_answer_among_few_is_counted_beside_the_controls() throws IOException {
        Path few = Files.writeString(folder.resolve("few.jsonl"), classified("lock", "play", "kind"));
        Path more = Files.writeString(folder.resolve("more.jsonl"), classified("seen", "fair", "true", "hide"));
        String[] line = {"compose", "--demo", "un-past", "--budget", "30", "--accept-worse", "--examples"};
        Run run = Run.of(line, few, "--held-out", more, "--options", "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode options = run.json().get("options");
        assertThat(options.get("answers")).hasSize(2);
        assertThat(options.get("composed").get("accuracy").asDouble()).isBetween(0.0, 100.0);
        assertThat(options.get("base").get("calibrated_interval")).hasSize(2);

        Run alone = Run.of("evaluate", "--demo", "un-past", "--adapter", "un=1", "--examples", more, "--options");
        assertThat(alone.out()).contains("Among 2 answer options", "calibrated");

        Run none = Run.of(line, few, "--options");
        assertThat(none.err()).contains("--options needs held-out examples; give them with --held-out FILE.");
    }

    private static String classified(String... words) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < words.length; i++) {
            rows.append("{\"input\": \"%s\", \"output\": \"%s\"}%n".formatted(words[i], i % 2 == 0 ? "yes" : "no"));
        }
        return rows.toString();
    }

    private Run evaluate(Path base, Path adapter) {
        Path examples = HUB.task("un-past").fewShotFile(1);
        return Run.of("evaluate", "--base", base, "--adapters", adapter, "--examples", examples, "--json");
    }

    @Test
    void a_log_is_gone_on_with_to_the_same_end() throws IOException {
        Path log = folder.resolve("run.jsonl");
        String[] line = {"compose", "--demo", "un-past", "--budget", "30", "--json"};
        JsonNode undisturbed = Run.of(line, "--log", log).json();
        java.util.List<String> lines = Files.readAllLines(log);
        Files.writeString(
                log,
                String.join("\n", lines.subList(0, 12)) + "\n" + lines.get(12).substring(0, 20));

        Run resumed = Run.of(line, "--resume", log);
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(resumed.json().get("weights")).isEqualTo(undisturbed.get("weights"));
        assertThat(Files.readAllLines(log)).hasSameSizeAs(lines);

        Run other = Run.of(line, "--seed", "7", "--resume", log);
        assertThat(other.code()).isEqualTo(ExitCode.INPUT);
        assertThat(other.err()).contains(log + " belongs to another run");
        assertThat(Run.of(line, "--log", log).err()).contains("already exists; continue it with --resume");
    }
}
