package io.lorahub.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.cli.Run;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.demo.DemoHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefineCommandTest {

    private static final Path PAST = DemoHub.open().adaptersFolder().resolve("past");

    @TempDir
    Path folder;

    @Test
    void an_adapter_is_trained_further_and_written_with_its_recipe() throws IOException {
        Path out = folder.resolve("out");
        Run run =
                Run.of("refine", PAST, "--demo", "un-past", "--steps", "12", "--rate", "0.002", "--out", out, "--json");

        assertThat(run.code()).as(run.err()).isZero();
        double before = run.json().at("/before/loss").doubleValue();
        assertThat(run.json().at("/after/loss").doubleValue()).isLessThan(before / 2);
        assertThat(run.json().at("/after/exact_match").isNumber()).isTrue();
        JsonNode refined =
                new ObjectMapper().readTree(out.resolve("recipe.json").toFile()).path("refined");
        assertThat(refined.path("steps").intValue()).isEqualTo(12);
        assertThat(refined.path("examples")).hasSize(5);
        Run score = Run.of(
                "evaluate",
                "--adapters",
                out,
                "--examples",
                DemoHub.open().task("un-past").fewShotFile(1),
                "--json",
                "--base",
                DemoHub.open().base());
        assertThat(score.json().path("loss").doubleValue())
                .isCloseTo(run.json().at("/after/loss").doubleValue(), Offset.offset(1e-4));

        Run again = Run.of("refine", PAST, "--demo", "un-past", "--steps", "12", "--rate", "0.002", "--out", out);
        assertThat(again.code()).isEqualTo(ExitCode.INPUT);
        assertThat(again.err()).contains("already exists");
        byte[] first = Files.readAllBytes(out.resolve("adapter_model.safetensors"));
        Run over = Run.of(
                "refine", PAST, "--demo", "un-past", "--steps", "12", "--rate", "0.002", "--out", out, "--overwrite");
        assertThat(over.code()).as(over.err()).isZero();
        assertThat(over.out()).contains("Refined", "past", "95 % interval", "Written to " + out + " after 12 steps.");
        assertThat(Files.readAllBytes(out.resolve("adapter_model.safetensors"))).isEqualTo(first);
    }

    @Test
    void compose_refines_what_it_writes_and_replay_makes_the_same_again() throws IOException {
        Path out = folder.resolve("out");
        Run run = Run.of("compose", "--demo", "un-past", "--budget", "12", "--refine-steps", "6", "--out", out);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("Refined  ", "Composed  ");
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains("Read back before it was trained for ", ", 5 of 5 predictions");

        Path recipe = out.resolve("recipe.json");
        Run replayed = Run.of("replay", recipe);
        assertThat(replayed.code()).as(replayed.err()).isZero();
        assertThat(replayed.out()).contains("the same weights", "Refined, it becomes the same adapter.");

        String other =
                Files.readString(recipe).replaceFirst("(\"rate\" : )0.0*3\\b|(\"rate\" : )3.0E-4", "\"rate\" : 0.001");
        Files.writeString(folder.resolve("other.json"), other);
        Run different = Run.of("replay", folder.resolve("other.json"), "--json");
        assertThat(different.code()).isEqualTo(ExitCode.FINDINGS);
        assertThat(different.json().path("same_refined").booleanValue()).isFalse();
    }

    @Test
    void a_mix_that_is_refined_later_keeps_the_recipe_of_its_search() throws IOException {
        Path mix = folder.resolve("mix");
        assertThat(Run.of("compose", "--demo", "un-past", "--budget", "12", "--out", mix)
                        .code())
                .isZero();
        Run run = Run.of("refine", mix, "--demo", "un-past", "--steps", "3", "--out", folder.resolve("later"));
        assertThat(run.code()).as(run.err()).isZero();

        Run replayed = Run.of("replay", folder.resolve("later/recipe.json"), "--json");
        assertThat(replayed.code()).as(replayed.err()).isZero();
        assertThat(replayed.json().path("same_refined").booleanValue()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "--json, --refine-steps only works with --out",
        "--fused, --fused writes the mix as it is",
    })
    void what_cannot_be_refined_is_refused_before_the_search(String option, String expected) {
        String[] out = option.equals("--fused")
                ? new String[] {"--out", folder.resolve("out").toString()}
                : new String[0];
        Run run = Run.of(
                Stream.concat(Stream.of("compose", "--demo", "un-past", "--refine-steps", "6", option), Stream.of(out))
                        .toArray());
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "--steps, 0, The number of steps must be from 1 to",
        "--steps, 1000000, The number of steps must be from 1 to",
        "--rate, 0, The learning rate must be above 0",
        "--rate, 2, The learning rate must be above 0"
    })
    void what_cannot_be_is_refused_before_anything_is_read(String option, String value, String expected) {
        Run run = Run.of("refine", folder.resolve("none"), "--demo", "un-past", option, value, "--out", folder);
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(expected);
    }

    @Test
    void examples_and_a_folder_are_needed() {
        assertThat(Run.of("refine", PAST, "--demo", "un-past").err()).contains("--out DIR");
        assertThat(Run.of("refine", PAST, "--base", DemoHub.open().base(), "--out", folder.resolve("out"))
                        .err())
                .contains("--examples FILE");
    }
}
