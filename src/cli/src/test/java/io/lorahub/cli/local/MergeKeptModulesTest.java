package io.lorahub.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.cli.Run;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.engine.safetensors.SafetensorsFile;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Merging an adapter that was trained with modules_to_save. */
class MergeKeptModulesTest {

    /** Its embedding, which it saves too, is the base model's. */
    private static final String TENSOR = "base_model.model.lm_head.weight";

    private static final Path TRAINED = Reference.path("causal-saved/saved-trained");

    @TempDir
    Path folder;

    private final Path adapters;

    MergeKeptModulesTest(@TempDir Path adapters) throws IOException {
        this.adapters = adapters;
        copy("causal-saved/saved-trained", "trained");
        copy("causal-saved/saved-unchanged", "unchanged");
        copy("causal-saved/rslora", "plain");
    }

    private void copy(String from, String name) throws IOException {
        FileUtils.copyDirectory(
                Reference.path(from).toFile(), adapters.resolve(name).toFile());
    }

    private Run merge(Object... more) {
        return Run.of(
                "merge",
                "--base",
                Reference.path("causal/models/llama"),
                "--adapters",
                adapters,
                "--out",
                folder.resolve("out"),
                texts(more));
    }

    private static String[] texts(Object... arguments) {
        return Arrays.stream(arguments)
                .flatMap(
                        argument -> argument instanceof Object[] several ? Arrays.stream(several) : Stream.of(argument))
                .map(String::valueOf)
                .toArray(String[]::new);
    }

    @Test
    void the_one_adapter_that_has_trained_modules_gives_them_whole_whatever_its_weight() throws IOException {
        for (String method : List.of("cat", "svd")) {
            Run run = merge(
                    "--adapter",
                    "trained=-0.3",
                    "--adapter",
                    "plain=0.7",
                    "--adapter",
                    "unchanged=1",
                    "--method",
                    method,
                    "--overwrite",
                    "--json");

            assertThat(run.code()).as(run.err()).isZero();
            JsonNode replaced = run.json().at("/written/modules_to_save");
            assertThat(replaced.get("adapter").asText()).isEqualTo("trained");
            assertThat(replaced.get("modules")).hasToString("[\"lm_head\"]");
            JsonNode config = new ObjectMapper()
                    .readTree(folder.resolve("out/adapter_config.json").toFile());
            assertThat(config.get("modules_to_save")).isEqualTo(replaced.get("modules"));
            try (SafetensorsFile merged = SafetensorsFile.open(folder.resolve("out/adapter_model.safetensors"));
                    SafetensorsFile trained = SafetensorsFile.open(TRAINED.resolve("adapter_model.safetensors"))) {
                assertThat(merged.names())
                        .contains(TENSOR)
                        .doesNotContain("base_model.model.model.embed_tokens.weight");
                assertThat(merged.tensor(TENSOR).data())
                        .isEqualTo(trained.tensor(TENSOR).data());
            }
        }
        Run text = merge("--adapter", "trained=1", "--adapter", "plain=0.7", "--overwrite");
        assertThat(text.out().replaceAll("\\s+", " "))
                .contains("It replaces lm_head as a whole (modules_to_save), as trained does.");
    }

    @Test
    void an_adapter_of_weight_0_leaves_its_modules_out() throws IOException {
        Run run = merge("--adapter", "trained=0", "--adapter", "plain=0.7", "--json");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("written").has("modules_to_save")).isFalse();
        assertThat(Files.readString(folder.resolve("out/adapter_config.json"))).contains("\"modules_to_save\" : null");
    }

    @Test
    void two_adapters_with_trained_modules_are_refused_by_name() throws IOException {
        copy("causal-saved/saved-trained", "other");

        Run run = merge("--adapter", "trained=1", "--adapter", "other=0.5");

        assertThat(run.code()).isEqualTo(ExitCode.INPUT);
        assertThat(run.err().replaceAll("\\s+", " "))
                .contains("other and trained both replace whole modules", "Leave one of them out.");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void factors_for_a_replaced_module_are_refused_by_name() throws IOException {
        copy("causal-saved/saved-head-adapted", "head");

        Run run = merge("--adapter", "trained=1", "--adapter", "head=0.5");

        assertThat(run.code()).isEqualTo(ExitCode.INPUT);
        assertThat(run.err().replaceAll("\\s+", " "))
                .contains("trained replaces lm_head as a whole (modules_to_save), and head has LoRA factors for it");
    }

    @Test
    void examples_predictions_and_the_full_model_are_computed_with_the_modules() throws IOException {
        Path examples = folder.resolve("examples.csv");
        Files.writeString(examples, "input,output\na,b\nab,c\n");
        Object[] mix = {"--adapter", "trained=0.6", "--adapter", "plain=-0.8"};

        Run merged = merge(mix, "--fused", "--examples", examples, "--predictions", "--json");
        assertThat(merged.code()).as(merged.err()).isZero();
        assertThat(merged.json().at("/written/modules_to_save/modules")).hasToString("[\"lm_head\"]");
        assertThat(merged.json().at("/written/predictions_equal").asInt()).isEqualTo(2);
        double both = loss("--base", base(), "--adapters", adapters, mix, "--examples", examples);
        assertThat(loss("--base", base(), "--adapter", folder.resolve("out") + "=1", "--examples", examples))
                .isCloseTo(both, within(1e-4));
        assertThat(loss("--base", folder.resolve("out/fused"), "--examples", examples))
                .isCloseTo(both, within(1e-4));
        assertThat(loss("--base", base(), "--adapters", adapters, "--adapter", "plain=-0.8", "--examples", examples))
                .isNotCloseTo(both, within(1e-2));
    }

    private static Path base() {
        return Reference.path("causal/models/llama");
    }

    private static double loss(Object... arguments) {
        Run run = Run.of("evaluate", texts(arguments), "--json");
        assertThat(run.code()).as(run.err()).isZero();
        return run.json().get("loss").asDouble();
    }

    @Test
    void a_composition_writes_them_too_and_replays() throws IOException {
        Path examples = folder.resolve("examples.csv");
        Files.writeString(examples, "input,output\na,b\nab,c\n");

        Run run = Run.of(
                "compose",
                "--base",
                base(),
                "--adapters",
                adapters,
                "--examples",
                examples,
                "--budget",
                "8",
                "--out",
                folder.resolve("mix"),
                "--accept-worse",
                "--json");

        assertThat(run.code()).as(run.err()).isZero();
        JsonNode recipe =
                new ObjectMapper().readTree(folder.resolve("mix/recipe.json").toFile());
        boolean used = run.json().at("/weights/trained").asDouble() != 0;
        assertThat(recipe.has("modules_to_save")).isEqualTo(used);
        Run again = Run.of("replay", folder.resolve("mix/recipe.json"), "--json");
        assertThat(again.code()).as(again.err()).isZero();
    }

    @Test
    void PEFT_gets_them_in_an_export_and_other_programs_are_refused() throws IOException {
        Path trained = adapters.resolve("trained");
        Run exported =
                Run.of("export", trained, "--for", "peft", "--base", base(), "--out", folder.resolve("peft"), "--json");
        assertThat(exported.code()).as(exported.err()).isZero();
        try (SafetensorsFile written = SafetensorsFile.open(folder.resolve("peft/adapter_model.safetensors"))) {
            assertThat(written.names()).contains(TENSOR).doesNotContain("base_model.model.model.embed_tokens.weight");
        }
        Run refused = Run.of("export", trained, "--for", "vllm", "--base", base(), "--out", folder.resolve("vllm"));
        assertThat(refused.code()).isEqualTo(ExitCode.INPUT);
        assertThat(refused.err().replaceAll("\\s+", " "))
                .contains("can't be exported for vLLM: it replaces lm_head as a whole (modules_to_save)");
        Run unchanged = Run.of(
                "export",
                adapters.resolve("unchanged"),
                "--for",
                "vllm",
                "--base",
                base(),
                "--out",
                folder.resolve("unchanged"));
        assertThat(unchanged.code()).as(unchanged.err()).isZero();
    }
}
