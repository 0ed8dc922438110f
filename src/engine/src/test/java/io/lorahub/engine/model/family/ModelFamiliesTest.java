package io.lorahub.engine.model.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.error.EngineException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFamiliesTest {

    /** Single quotes stand for double ones. */
    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static CausalConfig causal(String text) {
        return (CausalConfig) ModelFamilies.of(json(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'model_type':'bert'}|of the family \"bert\", which LoraHub does not run. It runs gemma, gemma2, gemma3_text, gpt2",
                "{'model_type':'gemma3'}|of the family \"gemma3\"",
                "{}|config.json names no family (model_type), so it isn't a model's",
                "{'model_type':'mixtral','num_local_experts':8}|(mixtral) is a mixture of experts",
                "{'model_type':'qwen3_moe','num_experts':128}|(qwen3_moe) is a mixture of experts",
                "{'model_type':'llama','quantization_config':{'quant_method':'bitsandbytes'}}|quantised (bitsandbytes)",
                "{'model_type':'llama','rope_scaling':{'rope_type':'proportional'}}|position scaling \"proportional\"",
                "{'model_type':'llama','rope_scaling':{'rope_type':'linear'}}|\"factor\" is missing in rope_scaling",
                "{'model_type':'llama','rope_scaling':'linear'}|\"rope_scaling\" in config.json must be an object",
                "{'model_type':'llama','hidden_act':'xielu'}|activation \"xielu\" (hidden_act in config.json)",
                "{'model_type':'llama','num_attention_heads':6,'num_key_value_heads':4}|6 attention heads cannot share 4",
                "{'model_type':'llama','hidden_size':-1}|\"hidden_size\" in config.json must be a positive whole number",
                "{'model_type':'qwen3','layer_types':['full_attention']}|names 1 layers, but the model has 32",
                "{'model_type':'qwen3','layer_types':['linear_attention']}|layer of the type \"linear_attention\"",
                "{'model_type':'llama','partial_rotary_factor':0.5}|\"partial_rotary_factor\" in config.json is 0.5, but models of the family llama",
                "{'model_type':'gemma','partial_rotary_factor':1.5}|\"partial_rotary_factor\" in config.json is 1.5",
                "{'model_type':'olmo2','rope_parameters':{'full_attention':{'rope_theta':500000.0}}}|parameters for each kind of layer",
                "{'model_type':'olmo3','rope_parameters':{'partial_rotary_factor':0.25}}|\"partial_rotary_factor\" in config.json is 0.25",
                "{'model_type':'gemma3_text','partial_rotary_factor':0}|\"partial_rotary_factor\" in config.json is 0.0",
                "{'model_type':'qwen3','head_dim':16,'partial_rotary_factor':0.95,'rope_scaling':{'type':'yarn','factor':2.0}}|yarn scaling needs an even number",
                "{'model_type':'llama','num_hidden_layers':1,'layer_types':['sliding_attention']}|names a layer of the type \"sliding_attention\"",
                "{'model_type':'qwen2','num_hidden_layers':1,'layer_types':['sliding_attention']}|sliding_attention, but the model has no window",
                "{'model_type':'smollm3','num_hidden_layers':1,'layer_types':['sliding_attention']}|sliding_attention, but the model has no window",
                "{'model_type':'mistral','num_hidden_layers':1,'sliding_window':null,'layer_types':['sliding_attention']}|the model has no window",
                "{'model_type':'llama','rope_scaling':{'type':'linear','factor':0}}|\"factor\" in rope_scaling must be above 0",
                "{'model_type':'qwen2','rope_scaling':{'type':'yarn','factor':-2.0}}|\"factor\" in rope_scaling must be above 0",
                "{'model_type':'gpt2','n_embd':50,'n_head':12}|width 50 in config.json is not a multiple of the 12",
                "{'model_type':'gemma3_text','use_bidirectional_attention':true}|use_bidirectional_attention",
                "{'model_type':'phi3','rope_scaling':{'type':'longrope','short_factor':[1],'long_factor':[1]}}|\"short_factor\"",
            })
    void unsupported_models_are_refused_by_name(String config, String reason) {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> ModelFamilies.of(json(config)))
                .withMessageContaining(reason);
    }

    @Test
    void missing_keys_have_the_defaults_of_transformers() {
        assertThat(causal("{'model_type':'mistral'}"))
                .returns(4096, CausalConfig::window)
                .matches(c -> c.attention().keyValueHeads() == 8);
        assertThat(causal("{'model_type':'mistral','sliding_window':null}")).returns(0, CausalConfig::window);
        assertThat(causal("{'model_type':'gemma2'}").attention().softCap()).isEqualTo(50);
        assertThat(causal("{'model_type':'gemma2','attn_logit_softcapping':null}")
                        .attention()
                        .softCap())
                .isZero();
        assertThat(causal("{'model_type':'smollm3'}").tied()).isTrue();
        assertThat(causal("{'model_type':'llama'}").tied()).isFalse();
        assertThat(causal("{'model_type':'gemma3_text','num_hidden_layers':12}").ropeOf())
                .isEqualTo(List.of(1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0));
    }

    @Test
    void rotary_settings_are_read_as_transformers_5_writes_them() {
        CausalConfig llama = causal("{'model_type':'llama','hidden_size':64,'num_attention_heads':4,'rope_parameters':"
                + "{'rope_theta':500000.0,'rope_type':'linear','factor':4.0}}");
        assertThat(llama.ropes())
                .isEqualTo(causal("{'model_type':'llama','hidden_size':64,'num_attention_heads':4,"
                                + "'rope_theta':500000.0,'rope_scaling':{'type':'linear','factor':4.0}}")
                        .ropes());
        CausalConfig gemma = causal(
                "{'model_type':'gemma3_text','rope_parameters':{'full_attention':"
                        + "{'rope_theta':3000000.0,'rope_type':'default'},'sliding_attention':{'rope_theta':700.0,'rope_type':'default'}}}");
        assertThat(gemma.ropes()).extracting(Rope::theta).containsExactly(3_000_000.0, 700.0);
        String yarn = "'rope_type':'yarn','factor':8.0,'original_max_position_embeddings':8192";
        assertThat(causal("{'model_type':'olmo3','rope_parameters':{'full_attention':{'rope_theta':500000.0," + yarn
                                + "},'sliding_attention':{'rope_theta':500000.0,'rope_type':'default'}}}")
                        .ropes())
                .isEqualTo(causal("{'model_type':'olmo3','rope_theta':500000.0,'rope_scaling':{" + yarn + "}}")
                        .ropes());
        String part = "'rope_parameters':{'rope_theta':700.0,'rope_type':'default','partial_rotary_factor':0.5}";
        assertThat(causal("{'model_type':'phi3','head_dim':16," + part + "}").ropes())
                .isEqualTo(causal("{'model_type':'phi3','head_dim':16,'rope_theta':700.0,'partial_rotary_factor':0.5}")
                        .ropes());
        assertThat(causal("{'model_type':'gpt_neox','hidden_size':1024," + part + "}")
                        .ropes())
                .isEqualTo(causal("{'model_type':'gpt_neox','hidden_size':1024,'rotary_emb_base':700,'rotary_pct':0.5}")
                        .ropes());
    }

    @Test
    void longrope_is_read_by_the_first_names_that_phi3_had_for_it() {
        String model = "{'model_type':'phi3','head_dim':4,'original_max_position_embeddings':32,"
                + "'rope_scaling':{'type':'%s','short_factor':[1,2],'long_factor':[3,4]}}";
        assertThat(List.of("su", "yarn"))
                .allSatisfy(type -> assertThat(causal(model.formatted(type)).ropes())
                        .isEqualTo(causal(model.formatted("longrope")).ropes()));
    }

    @Test
    void the_longest_text_is_that_of_the_scaled_positions() {
        assertThat(causal("{'model_type':'llama','rope_scaling':{'type':'linear','factor':4.0}}")
                        .contextLength())
                .isEqualTo(4 * 2048);
        assertThat(causal("{'model_type':'gpt2'}").contextLength()).isEqualTo(1024);
    }
}
