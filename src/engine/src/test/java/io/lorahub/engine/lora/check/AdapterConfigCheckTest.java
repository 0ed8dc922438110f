package io.lorahub.engine.lora.check;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.lora.PlantedFault;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.CheckFinding.Severity;
import io.lorahub.testsupport.AdapterBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault of a configuration, planted alone, is found alone. */
class AdapterConfigCheckTest extends PlantedFault {

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
                "modules_to_save | ['score'] | modules-to-save",
                "modules_to_save | ['lm_head', 'model.norm'] | modules-to-save",
                "modules_to_save | 'lm_head' | modules-to-save",
                "modules_to_save | [7] | modules-to-save",
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
                "invocation_string | 'start' | alora",
                "use_qalora | true | qalora",
                "use_bdlora | {'nblocks': 2} | bdlora",
                "kasa_config | {'beta': 1} | kasa",
                "monteclora_config | {'num_samples': 8} | monteclora",
                "arrow_config | {'top_k': 3} | arrow",
                "megatron_config | {'a': 1} | megatron",
                "enable_lora | [true, false] | merged-linear",
                "peft_type | 'ADALORA' | not-lora",
                "peft_type | 'lora' | not-lora"
            })
    void tensors_that_factors_cannot_express_are_an_error(String key, String value, String code) {
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
    void an_adapter_without_effect_has_no_fingerprint(String key, String value) {
        assertThat(findings(anAdapter().with(key, value.replace('\'', '"')))).isEmpty();
    }

    @Test
    void an_output_layer_that_is_to_be_saved_and_is_not_in_the_file_is_a_warning() {
        expect(
                anAdapter().with("modules_to_save", "[\"model.lm_head\"]"),
                Severity.WARNING,
                "saved-module-missing",
                "model.lm_head");
    }

    /** LoHa and IA3 have other settings and tensors, of which the checks for LoRA would say what nobody can follow. */
    @Test
    void of_another_kind_than_lora_nothing_else_is_said() {
        assertThat(findings(anAdapter()
                        .with("peft_type", "\"IA3\"")
                        .with("feedforward_modules", "[\"wo\"]")
                        .with("target_modules", "[\"k\"]")))
                .extracting(CheckFinding::message)
                .containsExactly("peft_type is \"IA3\"; only LORA can be composed.");
    }

    @Test
    void a_missing_peft_type_is_an_error() {
        assertThat(findings(anAdapter().without("peft_type")))
                .extracting(CheckFinding::code)
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

    /** PEFT saves all-linear as the names of all linear layers, also of those that are excluded. */
    @ParameterizedTest
    @ValueSource(strings = {"[\"k\"]", "[\"encoder.block.0.layer.0.SelfAttention.k\"]", "\".*SelfAttention[.]k\""})
    void a_target_that_is_excluded_needs_no_tensors(String excluded) {
        AdapterBuilder adapter = anAdapter().with("exclude_modules", excluded);
        assertThat(findings(adapter.with("target_modules", "[\"q\", \"v\", \"k\"]")))
                .isEmpty();
    }

    @Test
    void another_target_than_the_excluded_one_needs_tensors() {
        expect(
                anAdapter().with("exclude_modules", "[\"k\"]").with("target_modules", "[\"q\", \"v\", \"o\"]"),
                Severity.WARNING,
                "target-without-tensors",
                "o");
    }

    @Test
    void missing_targets_are_a_warning() {
        expect(anAdapter().without("target_modules"), Severity.WARNING, "targets-missing", "target_modules");
    }

    @Test
    void an_expression_that_never_ends_is_an_error() {
        List<CheckFinding> findings = findings(anAdapter().with("target_modules", "\"(([a-zA-Z0-9.]+)*)*!\""));
        assertThat(findings).extracting(CheckFinding::code).containsOnly("pattern-unusable");
    }

    @Test
    void alpha_zero_is_a_warning() {
        List<CheckFinding> findings = findings(anAdapter().withAlpha(0));
        assertThat(findings).singleElement().satisfies(f -> assertThat(f.code()).isEqualTo("alpha-zero"));
    }
}
