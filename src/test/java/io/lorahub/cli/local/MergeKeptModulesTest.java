package io.lorahub.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

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
            JsonNode replaced = run.json().get("modules_to_save");
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
        assertThat(run.json().has("modules_to_save")).isFalse();
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
    void nothing_is_computed_with_replaced_modules() throws IOException {
        Path examples = folder.resolve("examples.csv");
        Files.writeString(examples, "input,output\na,b\n");
        Object[] mix = {"--adapter", "trained=1", "--adapter", "plain=0.5"};

        assertThat(merge(mix, "--fused").err().replaceAll("\\s+", " ")).contains("Leave out the full model");
        assertThat(merge(mix, "--examples", examples).err().replaceAll("\\s+", " "))
                .contains("trained replaces lm_head as a whole", "Leave out the examples");
        Run evaluate = Run.of(
                "evaluate",
                "--base",
                Reference.path("causal/models/llama"),
                "--adapters",
                adapters,
                texts(mix),
                "--examples",
                examples);
        assertThat(evaluate.code()).isEqualTo(ExitCode.INPUT);
        assertThat(evaluate.err().replaceAll("\\s+", " ")).contains("differs from lm_head.weight of the base model");
    }
}
