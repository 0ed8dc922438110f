package io.lorahub.engine.lora;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.AdapterBuilder.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.lora.Finding.Severity;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.AdapterBuilder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault, planted alone, is found alone. */
class AdapterCheckTest {

    private static final String Q = "encoder.block.0.layer.0.SelfAttention.q";
    private static final String V = "decoder.block.0.layer.0.SelfAttention.v";

    @TempDir
    Path dir;

    @Test
    void a_sound_adapter_has_no_findings() {
        assertThat(findings(anAdapter())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "use_dora | true | dora",
                "modules_to_save | ['lm_head'] | modules-to-save",
                "init_lora_weights | 'pissa' | changed-base",
                "init_lora_weights | 'pissa_niter_16' | changed-base",
                "init_lora_weights | 'olora' | changed-base",
                "init_lora_weights | 'corda' | changed-base",
                "init_lora_weights | 'lora_ga' | changed-base",
                "init_lora_weights | 'loftq' | changed-base",
                "init_lora_weights | 'new-idea' | initialisation-unknown",
                "init_lora_weights | 3 | initialisation-unknown",
                "target_parameters | ['mlp.experts'] | target-parameters",
                "trainable_token_indices | [1, 2] | trainable-tokens",
                "trainable_token_indices | {'shared': [1]} | trainable-tokens",
                "layer_replication | [[0, 4], [2, 6]] | layer-replication",
                "alora_invocation_tokens | [5] | alora",
                "use_qalora | true | qalora",
                "use_bdlora | {'nblocks': 2} | bdlora",
                "velora_config | {} | velora",
                "kasa_config | {'beta': 1} | kasa",
                "monteclora_config | {'num_samples': 8} | monteclora",
                "arrow_config | {'top_k': 3} | arrow",
                "megatron_config | {'a': 1} | megatron",
                "enable_lora | [true, false] | merged-linear",
                "peft_type | 'ADALORA' | not-lora",
                "peft_type | 'lora' | not-lora"
            })
    void what_factors_cannot_express_is_an_error(String key, String value, String code) {
        assertThat(findings(anAdapter().with(key, value.replace('\'', '"'))))
                .singleElement()
                .satisfies(f -> {
                    assertThat(f.code()).isEqualTo(code);
                    assertThat(f.subject()).isEqualTo(key);
                    assertThat(f.isError()).isTrue();
                    assertThat(f.fix()).isNotEmpty();
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "init_lora_weights | true",
                "init_lora_weights | false",
                "init_lora_weights | 'gaussian'",
                "init_lora_weights | 'eva'",
                "init_lora_weights | 'orthogonal'",
                "init_lora_weights | null",
                "use_dora | false",
                "modules_to_save | null",
                "modules_to_save | []",
                "layer_replication | null",
                "megatron_core | 'megatron.core'",
                "qalora_group_size | 16",
                "lora_dropout | 0.1",
                "loftq_config | {}",
                "bias | 'all'",
                "inference_mode | false",
                "new_key | null",
                "new_key | false"
            })
    void what_changes_nothing_is_none(String key, String value) {
        assertThat(findings(anAdapter().with(key, value.replace('\'', '"')))).isEmpty();
    }

    @Test
    void a_missing_peft_type_is_an_error() {
        assertThat(findings(anAdapter().without("peft_type")))
                .extracting(Finding::code)
                .containsExactly("not-lora");
    }

    @Test
    void an_unknown_setting_is_a_warning() {
        expect(anAdapter().with("use_xlora", "true"), Severity.WARNING, "config-key-unknown", "use_xlora");
    }

    @Test
    void fan_in_fan_out_is_remarked() {
        expect(anAdapter().with("fan_in_fan_out", "true"), Severity.INFO, "fan-in-fan-out", "fan_in_fan_out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora_A.weight", "lora_B.weight"})
    void a_factor_without_its_partner_is_an_error(String part) {
        expect(anAdapter().withoutTensor(tensor(Q, part)), Severity.ERROR, "partner-missing", tensor(Q, part));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lora_magnitude_vector",
                "weight",
                "bias",
                "modules_to_save.weight",
                "base_layer.weight",
                "lora_C.weight"
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
    void two_adapters_in_one_file_are_an_error() {
        List<Finding> findings = findings(anAdapter().withTensor(tensor(Q, "lora_A.default.weight"), ones(2, 6)));
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
    void a_module_that_is_not_targeted_is_an_error() {
        expect(anAdapter().with("target_modules", "[\"v\", \"SelfAttention.v\"]"), Severity.ERROR, "not-targeted", Q);
    }

    @Test
    void a_layer_that_is_not_targeted_is_an_error() {
        AdapterBuilder adapter =
                anAdapter().adapting("encoder.block.0.layer.0.SelfAttention.q").with("target_modules", "[\"q\"]");
        expect(adapter.with("layers_to_transform", "[1]"), Severity.ERROR, "not-targeted", Q);
    }

    @Test
    void a_target_without_tensors_is_a_warning() {
        expect(
                anAdapter().with("target_modules", "[\"q\", \"v\", \"k\"]"),
                Severity.WARNING,
                "target-without-tensors",
                "k");
    }

    @Test
    void missing_targets_are_a_warning() {
        expect(anAdapter().without("target_modules"), Severity.WARNING, "targets-missing", "target_modules");
    }

    @Test
    void an_expression_that_never_ends_is_an_error() {
        List<Finding> findings = findings(anAdapter().with("target_modules", "\"(([a-zA-Z0-9.]+)*)*!\""));
        assertThat(findings).extracting(Finding::code).containsOnly("pattern-unusable");
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
    void alpha_zero_is_a_warning() {
        List<Finding> findings = findings(anAdapter().withAlpha(0));
        assertThat(findings).singleElement().satisfies(f -> assertThat(f.code()).isEqualTo("alpha-zero"));
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
        assertThat(findings(empty)).extracting(Finding::code).contains("no-lora-tensors");
    }

    @Test
    void faults_are_collected_and_a_million_of_one_kind_are_not_listed() {
        AdapterBuilder adapter = anAdapter().with("use_dora", "true").withAlpha(0);
        for (int i = 0; i < 80; i++) adapter.withTensor("x" + i, ones(1));
        List<Finding> findings = findings(adapter);
        assertThat(findings)
                .extracting(Finding::code)
                .contains("dora", "alpha-zero", "foreign-tensor", "more-of-the-same");
        assertThat(findings).filteredOn(f -> f.code().equals("foreign-tensor")).hasSize(50);
    }

    private void expect(AdapterBuilder adapter, Severity severity, String code, String subject) {
        assertThat(findings(adapter)).singleElement().satisfies(f -> {
            assertThat(f.code()).isEqualTo(code);
            assertThat(f.severity()).isEqualTo(severity);
            assertThat(f.subject()).isEqualTo(subject);
            assertThat(f.message()).endsWith(".");
        });
    }

    private List<Finding> findings(AdapterBuilder adapter) {
        try (AdapterReading reading = new AdapterReading(adapter.in(dir, "adapter" + System.nanoTime()))) {
            return reading.findings();
        }
    }

    private static TensorData ones(int... shape) {
        long[] sizes = new long[shape.length];
        int n = 1;
        for (int i = 0; i < shape.length; i++) n *= (int) (sizes[i] = shape[i]);
        float[] values = new float[n];
        java.util.Arrays.fill(values, 1);
        return TensorData.of(values, sizes);
    }
}
