package io.lorahub.cli.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.cli.Run;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.safetensors.SafetensorsFile;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.Deltas;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExtractCommandTest {

    @TempDir
    Path dir;

    /** The adapter "b" of a model (all linear layers, rank 3) fused into the model's weights. */
    private Path fused(String model) {
        Path merged = dir.resolve("merged");
        Run run = Run.of(
                "merge",
                "--base",
                base(model),
                "--adapters",
                Reference.path("causal/adapters/" + model),
                "--adapter",
                "b=1",
                "--out",
                merged,
                "--fused");
        assertThat(run.code()).as(run.err()).isZero();
        return merged.resolve("fused");
    }

    private static Path base(String model) {
        return Reference.path("causal/models/" + model);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gpt-neox"})
    void an_adapter_that_was_fused_comes_back(String model) {
        Path out = dir.resolve("extracted");
        JsonNode json = Run.of(
                        "extract",
                        "--base",
                        base(model),
                        "--model",
                        fused(model),
                        "--rank",
                        "3",
                        "--out",
                        out,
                        "--json")
                .json();
        assertThat(json.get("relative_error").asDouble()).isLessThan(1e-5);
        assertThat(json.get("not_extracted")).isEmpty();
        try (LoraAdapter expected = LoraAdapter.load(Reference.path("causal/adapters/" + model + "/b"));
                LoraAdapter actual = LoraAdapter.load(out)) {
            assertThat(actual.modules().keySet()).isEqualTo(expected.modules().keySet());
            expected.modules()
                    .forEach((name, module) -> assertThat(Deltas.relativeDifference(
                                    Deltas.of(actual.modules().get(name)), Deltas.of(module)))
                            .as(name)
                            .isLessThan(1e-5));
            assertThat(actual.config().json().get("fan_in_fan_out").asBoolean()).isEqualTo(model.equals("gpt2"));
        }
    }

    @Test
    void a_lower_rank_loses_what_the_report_says() {
        Path out = dir.resolve("extracted");
        Run run = Run.of(
                "extract",
                "--base",
                base("llama"),
                "--model",
                fused("llama"),
                "--rank",
                "2",
                "--modules",
                "q_proj,v_proj",
                "--out",
                out,
                "--json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("modules")).hasSize(6);
        assertThat(run.json().get("not_extracted")).hasSize(15);
        double total = 0;
        double lost = 0;
        try (LoraAdapter expected = LoraAdapter.load(Reference.path("causal/adapters/llama/b"));
                LoraAdapter actual = LoraAdapter.load(out)) {
            for (JsonNode module : run.json().get("modules")) {
                String name = module.get("name").asText();
                double[][] delta = Deltas.of(expected.modules().get(name));
                double norm = Deltas.norm(delta);
                double rest = Deltas.norm(Deltas.sum(Deltas.of(actual.modules().get(name)), -1, delta));
                assertThat(module.get("norm").asDouble()).isCloseTo(norm, within(1e-4));
                assertThat(module.get("relative_error").asDouble()).isCloseTo(rest / norm, within(1e-5));
                total += norm * norm;
                lost += rest * rest;
            }
        }
        assertThat(run.json().get("relative_error").asDouble()).isCloseTo(Math.sqrt(lost / total), within(1e-5));
    }

    @Test
    void what_differs_but_is_no_linear_layer_is_named() throws IOException {
        Path tuned = copy(fused("llama"), "model.norm.weight");
        Path out = dir.resolve("extracted");
        Run run = Run.of("extract", "--base", base("llama"), "--model", tuned, "--rank", "3", "--out", out);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains("rank 3 in 21 modules.")
                .contains("1 tensor also differs from the base model, but can't be in the adapter or weren't chosen:"
                        + " model.norm.weight.");
    }

    private Path copy(Path model, String changed) throws IOException {
        Path copy = Files.createDirectory(dir.resolve("copy"));
        try (SafetensorsFile file = SafetensorsFile.open(model.resolve("model.safetensors"))) {
            Map<String, TensorData> tensors = new LinkedHashMap<>();
            for (String name : file.names()) {
                float[] values = file.tensor(name).toFloats();
                if (name.equals(changed)) values[0] += 1;
                tensors.put(name, TensorData.of(values, file.info(name).shape()));
            }
            SafetensorsWriter.write(copy.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
        }
        Files.copy(model.resolve("config.json"), copy.resolve("config.json"));
        return copy;
    }

    @Test
    void what_cannot_be_extracted_is_said_by_name() {
        Path out = dir.resolve("out");
        Run same = Run.of("extract", "--base", base("llama"), "--model", base("llama"), "--rank", "3", "--out", out);
        assertThat(same.code()).isEqualTo(ExitCode.INPUT);
        assertThat(same.err().replaceAll("\\s+", " "))
                .contains("The models don't differ in any linear layer, so there is nothing to extract.");
        Run other = Run.of("extract", "--base", base("llama"), "--model", base("qwen3"), "--rank", "3", "--out", out);
        assertThat(other.err().replaceAll("\\s+", " "))
                .contains("The base model is of the family llama, but the fine-tuned one of qwen3");
        Run unknown = Run.of(
                "extract",
                "--base",
                base("llama"),
                "--model",
                base("llama"),
                "--rank",
                "3",
                "--modules",
                "q",
                "--out",
                out);
        assertThat(unknown.err().replaceAll("\\s+", " ")).contains("The model (llama) has no linear layer \"q\"");
        Run rank = Run.of("extract", "--base", base("llama"), "--model", base("llama"), "--rank", "0", "--out", out);
        assertThat(rank.err()).contains("--rank must be at least 1, but is 0.");
        assertThat(rank.code()).isEqualTo(2);
        assertThat(out).doesNotExist();
    }

    @Test
    void a_model_that_is_missing_is_asked_for_by_its_own_option() {
        Run run = Run.of(
                "extract",
                "--base",
                base("llama"),
                "--model",
                dir.resolve("merged/fused"),
                "--rank",
                "2",
                "--out",
                dir.resolve("extracted"));

        assertThat(run.code()).isEqualTo(ExitCode.INPUT);
        assertThat(run.err())
                .contains("There is no model ", "merged/fused", "--model DIR")
                .doesNotContain("--base DIR");
    }
}
