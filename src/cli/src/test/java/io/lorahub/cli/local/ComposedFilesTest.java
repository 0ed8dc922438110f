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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The adapters, recipes and logs that {@code compose} writes, and what {@code replay} makes of them. */
class ComposedFilesTest {

    private static final DemoHub HUB = DemoHub.open();

    private static final String[] UN_AND_PAST = {
        "--adapters", HUB.adaptersFolder().resolve("un").toString(),
        "--adapters", HUB.adaptersFolder().resolve("past").toString()
    };

    @TempDir
    Path folder;

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
    void a_mix_of_many_is_written_at_the_smallest_rank_that_does_the_same() {
        String[] line = {"compose", "--demo", "un-past", "--json", "--out"};
        Run compact = Run.of(line, folder.resolve("compact"));
        Run lossless = Run.of(line, folder.resolve("lossless"), "--lossless");

        JsonNode written = compact.json().get("written");
        assertThat(written.get("rank").asInt()).isLessThan(64);
        assertThat(written.get("relative_error").asDouble()).isBetween(1e-6, 0.005);
        assertThat(written.get("predictions_equal")).isEqualTo(written.get("predictions_compared"));
        JsonNode exact = lossless.json().get("written");
        assertThat(exact.get("rank")).isEqualTo(exact.get("lossless_rank")).isEqualTo(written.get("lossless_rank"));
        assertThat(exact.get("relative_error").asDouble()).isZero();
        Run text = Run.of("compose", "--demo", "un-past", "--out", folder.resolve("text"));
        assertThat(text.out().replaceAll("\\s+", " "))
                .contains("rank %d instead of %d, which changes"
                        .formatted(
                                written.get("rank").asInt(),
                                written.get("lossless_rank").asInt()))
                .contains("; --lossless keeps it exact.");
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
    void weights_per_layer_group_are_found_written_and_found_again() throws IOException {
        Path merged = folder.resolve("layers");
        String[] line = {
            "compose", "--demo", "un-past", "--layer-groups", "stacks", "--average", "3", "--population", "3"
        };
        Run run = Run.of(line, "--out", merged, "--log", folder.resolve("layers.jsonl"), "--json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("layer_weights").get("un").fieldNames())
                .toIterable()
                .containsExactly("encoder", "decoder");
        assertThat(run.json().get("evaluations").asInt()).isLessThanOrEqualTo(40);
        assertThat(Files.readString(merged.resolve("recipe.json")))
                .contains(
                        "\"layer_groups\" : \"stacks\"", "\"average\" : 3", "\"population\" : 3", "\"layer_weights\"");

        Run replayed = Run.of("replay", merged.resolve("recipe.json"));
        assertThat(replayed.code()).as(replayed.out()).isZero();

        Run resumed = Run.of(line, "--resume", folder.resolve("layers.jsonl"));
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(resumed.out()).containsPattern("encoder +decoder\\n  un ");

        Run again = Run.of("evaluate", "--demo", "un-past", "--draw", "1", "--adapters", merged, "--l1", "0", "--json");
        assertThat(again.json().get("loss").doubleValue())
                .isCloseTo(run.json().get("loss").doubleValue(), within(1e-3));

        Run factor = Run.of(line, "--composition", "factor");
        assertThat(factor.code()).isEqualTo(ExitCode.USAGE);
        assertThat(factor.err()).contains("Weights per layer group need the exact composition");
        Run other = Run.of(line, "--objective", "exact-match");
        assertThat(other.err()).contains("Weights per layer group need the objective loss");
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
    void a_log_is_gone_on_with_to_the_same_end() throws IOException {
        Path log = folder.resolve("run.jsonl");
        String[] line = {"compose", "--demo", "un-past", "--budget", "30", "--json"};
        JsonNode undisturbed = Run.of(line, "--log", log).json();
        List<String> lines = Files.readAllLines(log);
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

    private static Object[] words(Object[] more, Object... first) {
        return Stream.of(first, more).flatMap(Stream::of).toArray();
    }
}
