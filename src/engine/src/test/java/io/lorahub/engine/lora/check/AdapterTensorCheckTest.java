package io.lorahub.engine.lora.check;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.AdapterBuilder.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.lora.AdapterReading;
import io.lorahub.engine.lora.PlantedFault;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.CheckFinding.Severity;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.AdapterBuilder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault of the tensors, planted alone, is found alone. */
class AdapterTensorCheckTest extends PlantedFault {

    @ParameterizedTest
    @ValueSource(strings = {"lora_A.weight", "lora_B.weight"})
    void a_factor_without_its_partner_is_an_error(String part) {
        expect(anAdapter().withoutTensor(tensor(Q, part)), Severity.ERROR, "partner-missing", tensor(Q, part));
    }

    @Test
    void more_modules_than_any_model_has_are_an_error_and_nothing_is_known_of_each() {
        AdapterBuilder small = anAdapter().ofRank(1).ofShape(1, 1);
        String[] many =
                IntStream.rangeClosed(0, 20_000).mapToObj("b%d.t"::formatted).toArray(String[]::new);
        try (AdapterReading reading = new AdapterReading(
                small.adapting(many).with("target_modules", "[\"t\"]").in(dir, "many"))) {
            assertThat(reading.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.code()).isEqualTo("too-many-modules");
                assertThat(finding.severity()).isEqualTo(Severity.ERROR);
                assertThat(finding.message()).startsWith("The adapter changes 20,001 modules, ");
            });
            assertThat(reading.summary()).isEmpty();
        }
    }

    @Test
    void names_that_are_too_long_together_are_an_error() {
        String[] names = IntStream.range(0, 1100)
                .mapToObj(i -> "b".repeat(1900) + i + ".t")
                .toArray(String[]::new);
        expect(
                anAdapter().adapting(names).with("target_modules", "[\"t\"]"),
                Severity.ERROR,
                "too-many-modules",
                "tensors");
    }

    @Test
    void more_kinds_of_modules_than_any_model_has_are_an_error() {
        String[] names = IntStream.range(0, 501).mapToObj("b.t%d"::formatted).toArray(String[]::new);
        expect(
                anAdapter().adapting(names).with("target_modules", "\".*\""),
                Severity.ERROR,
                "too-many-modules",
                "tensors");
    }

    @Test
    void what_velora_needed_in_training_is_ignored() {
        String name = tensor(Q, "lora_velora_embed");
        expect(
                anAdapter().with("velora_config", "{\"num_groups\": 32}").withTensor(name, ones(4)),
                Severity.INFO,
                "training-tensor",
                name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lora_magnitude_vector",
                "weight",
                "bias",
                "modules_to_save.weight",
                "base_layer.weight",
                "lora_C.weight",
                "lora_velora_embed.lora_C.weight"
            })
    void any_other_tensor_is_an_error(String part) {
        expect(anAdapter().withTensor(tensor(Q, part), ones(4)), Severity.ERROR, "foreign-tensor", tensor(Q, part));
    }

    @Test
    void a_tensor_outside_of_the_model_is_an_error() {
        expect(
                anAdapter().withTensor(Q + ".lora_A.weight", ones(2, 6)),
                Severity.ERROR,
                "foreign-tensor",
                Q + ".lora_A.weight");
    }

    @Test
    void a_factor_that_only_lacks_the_prefix_says_so() {
        List<CheckFinding> findings = findings(anAdapter().withTensor(Q + ".lora_A.weight", ones(2, 6)));
        assertThat(findings.get(0).sentence())
                .isEqualTo(
                        ("The tensor %s.lora_A.weight lacks the prefix base_model.model that PEFT's names begin with. Save the adapter with PEFT's save_pretrained, or put the prefix and a dot"
                                        + " before each name.")
                                .formatted(Q));
    }

    @Test
    void a_factor_with_another_ending_is_named_with_that_ending() {
        List<CheckFinding> findings = findings(anAdapter().withTensor(tensor(Q, "lora_A.weightx"), ones(2, 6)));
        assertThat(findings.get(0).sentence())
                .isEqualTo(
                        ("The tensor %s has an unknown ending, .weightx; names of LoRA factors end with lora_A.weight and lora_B.weight."
                                        + " Save the adapter again with PEFT's save_pretrained, or remove or rename this tensor.")
                                .formatted(tensor(Q, "lora_A.weightx")));
    }

    @Test
    void two_adapters_in_one_file_are_an_error() {
        List<CheckFinding> findings = findings(anAdapter().withTensor(tensor(Q, "lora_A.default.weight"), ones(2, 6)));
        assertThat(findings).singleElement().satisfies(f -> assertThat(f.code()).isEqualTo("two-adapters"));
    }

    @Test
    void factors_of_a_layer_and_of_an_embedding_together_are_an_error() {
        expect(
                anAdapter().withTensor(tensor(Q, "lora_embedding_A"), ones(2, 9)),
                Severity.ERROR,
                "two-kinds-of-factors",
                Q);
    }

    @Test
    void a_rank_that_the_configuration_does_not_know_is_an_error() {
        expect(anAdapter().ofRank(Q, 3), Severity.ERROR, "rank-mismatch", tensor(Q, "lora_A.weight"));
    }

    @Test
    void ranks_of_a_and_b_that_differ_are_an_error() {
        expect(anAdapter().withTensor(tensor(Q, "lora_B.weight"), ones(4, 3)), Severity.ERROR, "ranks-differ", Q);
    }

    @Test
    void a_factor_that_is_no_matrix_is_an_error() {
        expect(
                anAdapter().withTensor(tensor(Q, "lora_B.weight"), ones(8)),
                Severity.ERROR,
                "not-a-matrix",
                tensor(Q, "lora_B.weight"));
        expect(
                anAdapter().withTensor(tensor(Q, "lora_B.weight"), ones(0, 2)),
                Severity.ERROR,
                "not-a-matrix",
                tensor(Q, "lora_B.weight"));
    }

    @Test
    void integers_are_an_error() {
        TensorData integers = new TensorData(DType.I32, new long[] {2, 6}, ByteBuffer.allocate(48));
        expect(
                anAdapter().withTensor(tensor(Q, "lora_A.weight"), integers),
                Severity.ERROR,
                "dtype-not-real",
                tensor(Q, "lora_A.weight"));
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void a_number_that_is_none_is_an_error(float value) {
        float[] values = new float[12];
        values[7] = value;
        expect(
                anAdapter().withTensor(tensor(Q, "lora_A.weight"), TensorData.of(values, 2, 6)),
                Severity.ERROR,
                "not-finite",
                tensor(Q, "lora_A.weight"));
    }

    @Test
    void a_bias_that_is_not_announced_is_an_error() {
        expect(
                anAdapter().withTensor(tensor(Q, "lora_B.bias"), ones(4)),
                Severity.ERROR,
                "bias-not-announced",
                tensor(Q, "lora_B.bias"));
    }

    @Test
    void a_bias_that_is_announced_and_missing_is_an_error() {
        expect(
                anAdapter().withBiases().withoutTensor(tensor(V, "lora_B.bias")),
                Severity.ERROR,
                "bias-missing",
                tensor(V, "lora_B.bias"));
    }

    @Test
    void a_bias_of_another_length_is_an_error() {
        expect(
                anAdapter().withBiases().withTensor(tensor(V, "lora_B.bias"), ones(5)),
                Severity.ERROR,
                "bias-shape",
                tensor(V, "lora_B.bias"));
    }

    @Test
    void a_b_of_zeros_is_a_warning() {
        expect(
                anAdapter().withTensor(tensor(Q, "lora_B.weight"), TensorData.of(new float[8], 4, 2)),
                Severity.WARNING,
                "untrained",
                tensor(Q, "lora_B.weight"));
    }

    @Test
    void an_adapter_without_tensors_is_an_error() {
        AdapterBuilder empty = anAdapter()
                .without("target_modules")
                .with("target_modules", "\"all-linear\"")
                .adapting();
        assertThat(findings(empty)).extracting(CheckFinding::code).contains("no-lora-tensors");
    }

    @Test
    void faults_are_collected_and_a_million_of_one_kind_are_not_listed() {
        AdapterBuilder adapter = anAdapter().with("use_dora", "true").withAlpha(0);
        for (int i = 0; i < 80; i++) adapter.withTensor("x" + i, ones(1));
        List<CheckFinding> findings = findings(adapter);
        assertThat(findings)
                .extracting(CheckFinding::code)
                .contains("dora", "alpha-zero", "foreign-tensor", "more-of-the-same");
        assertThat(findings).filteredOn(f -> f.code().equals("foreign-tensor")).hasSize(50);
    }
}
