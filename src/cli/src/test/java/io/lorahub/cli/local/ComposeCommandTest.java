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
        for (JsonNode groups : json.get("layer_weights")) {
            assertThat(groups.size()).isEqualTo(3);
            for (JsonNode weight : groups) {
                assertThat(weight.doubleValue()).isBetween(-1.5, 1.5);
                sum += Math.abs(weight.doubleValue());
            }
        }
        assertThat(json.get("objective").doubleValue())
                .isCloseTo(json.get("loss").doubleValue() + 0.05 * sum / (3 * 24), within(1e-9));
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
        double expected = run.json().path("expected_exact_match").doubleValue();
        assertThat(run.json().at("/expected_exact_match_interval/0").doubleValue())
                .isLessThanOrEqualTo(expected);
        assertThat(run.json().path("verdict").asText()).contains("about %.0f %% of other inputs".formatted(expected));
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

        assertThat(run.err()).doesNotContain("held-out outputs");

        Path other = Files.writeString(folder.resolve("other.jsonl"), "{\"input\": \"seen\", \"output\": \"maybe\"}\n");
        assertThat(Run.of(line, few, "--held-out", other, "--options").err())
                .contains("warning: The examples don't have 1 of the 1 held-out outputs, so --options always counts");

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
}
