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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code merge --method}; MixCommandsTest has the merge without one. */
class MergeCommandTest {

    private static final String[] MIX = {"--demo", "un-past", "--adapter", "un=0.7", "--adapter", "past=1"};

    private static final Path EXAMPLES = DemoHub.open().task("un-past").fewShotFile(1);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "linear",
                "svd",
                "ties",
                "ties_svd",
                "dare_linear",
                "dare_ties",
                "dare_linear_svd",
                "dare_ties_svd",
                "magnitude_prune",
                "magnitude_prune_svd"
            })
    void every_method_writes_an_adapter_that_runs(String method) throws IOException {
        Path out = folder.resolve("out");
        boolean prunes = !method.equals("linear") && !method.equals("svd");
        String[] density = prunes ? new String[] {"--density", "0.8"} : new String[0];
        Run run = Run.of("merge", MIX, "--method", method, density, "--out", out, "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode merge = run.json().get("merge");
        assertThat(merge.get("method").textValue()).isEqualTo(method);
        assertThat(merge.path("density").doubleValue()).isEqualTo(prunes ? 0.8 : 0);
        assertThat(merge.path("seed").longValue()).isEqualTo(method.startsWith("dare") ? 42 : 0);
        assertThat(merge.path("majority_sign_method").asText()).isEqualTo(method.contains("ties") ? "total" : "");
        JsonNode written = run.json().get("written");
        assertThat(written.get("rank").intValue()).isEqualTo(8);
        assertThat(written.get("relative_error").doubleValue() > 0).isEqualTo(method.endsWith("svd"));
        if (!method.equals("svd"))
            assertThat(written.get("predictions_equal").intValue()).isEqualTo(3);

        JsonNode recipe = new ObjectMapper().readTree(out.resolve("recipe.json").toFile());
        assertThat(recipe.get("merge").get("method")).isEqualTo(merge.get("method"));
        assertThat(recipe.get("merge").get("rank").intValue()).isEqualTo(8);
        assertThat(out.resolve("README.md"))
                .content()
                .contains("by the method `" + method + "` of PEFT's", "| un | 0.7 |", "| past | 1.0 |");
        Run again = Run.of("evaluate", "--base", "lorahub/demo-base", "--adapters", out, "--examples", EXAMPLES);
        assertThat(again.code()).as(again.err()).isZero();
    }

    @Test
    void a_seed_repeats_the_masks_and_another_one_draws_others() throws IOException {
        byte[] first = weights("first", "1");
        assertThat(weights("same", "1")).isEqualTo(first);
        assertThat(weights("other", "2")).isNotEqualTo(first);
    }

    private byte[] weights(String name, String seed) throws IOException {
        Path out = folder.resolve(name);
        Run run = Run.of("merge", MIX, "--method", "dare_ties", "--density", "0.5", "--seed", seed, "--out", out);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().replaceAll("\\s+", " ")).contains("rank 8, merged by dare_ties. Read back, 3 of 3");
        return Files.readAllBytes(out.resolve("adapter_model.safetensors"));
    }

    @Test
    void the_rank_of_the_result_and_the_full_model_can_be_chosen() {
        Path out = folder.resolve("out");
        Run run = Run.of(
                "merge", MIX, "--method", "ties_svd", "--density", "0.5", "--rank", "3", "--fused", "--out", out);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains("merged by ties_svd, rank 3 instead of", "The full model is in " + out.resolve("fused"));
        String[] inputs = {"--input", "lock", "--input", "walk"};
        assertThat(Run.of("generate", "--base", out.resolve("fused"), inputs).out())
                .isEqualTo(Run.of("generate", "--base", "lorahub/demo-base", "--adapters", out, inputs)
                        .out());

        Run overwritten = Run.of("merge", MIX, "--method", "linear", "--overwrite", "--out", out);
        assertThat(overwritten.code()).as(overwritten.err()).isZero();
    }

    @Test
    void an_own_readme_is_not_overwritten() throws IOException {
        Files.writeString(folder.resolve("README.md"), "mine");
        Run run = Run.of("merge", MIX, "--method", "linear", "--overwrite", "--out", folder);
        assertThat(run.code()).isEqualTo(ExitCode.INPUT);
        assertThat(run.err()).contains("README.md", "which no merge has written");
        assertThat(folder.resolve("README.md")).hasContent("mine");
    }

    @Test
    void options_that_do_not_fit_together_are_refused_before_anything_is_opened() {
        refused("The method ties needs the density", "--method", "ties");
        refused("The method cat uses no density; leave it out, or use one of ties,", "--density", "0.5");
        refused("but is 2.0", "--method", "dare_ties", "--density", "2");
        refused("--composition factor is a method of its own", "--method", "linear", "--composition", "factor");
        refused("use one of cat, linear, svd, ties, ties_svd, dare_linear,", "--method", "tie");
        refused("The method ties uses no seed", "--method", "ties", "--density", "0.5", "--seed", "1");
    }

    private void refused(String reason, String... options) {
        Run run = Run.of("merge", MIX, options, "--out", folder.resolve("refused"));
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err().replaceAll("\\s+", " ")).contains(reason);
        assertThat(folder.resolve("refused")).doesNotExist();
    }
}
