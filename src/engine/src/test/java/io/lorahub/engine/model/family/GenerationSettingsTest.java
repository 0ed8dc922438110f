package io.lorahub.engine.model.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.lorahub.engine.error.EngineException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GenerationSettingsTest {

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static T5Config t5(String model) {
        return T5Config.of(json(model), Set.of());
    }

    private static GenerationSettings settings(String model, JsonNode generation) {
        return GenerationSettings.of(t5(model), json(model), generation);
    }

    @Test
    void every_end_of_a_list_ends() {
        String model = "{'model_type':'t5','vocab_size':20,'eos_token_id':[1,7]}";

        assertThat(settings(model, MissingNode.getInstance()).ends()).containsExactly(1, 7);
        assertThat(settings(model, json("{'eos_token_id':[3,4,5]}")).ends()).containsExactly(3, 4, 5);
        assertThat(settings(model, json("{'eos_token_id':null}")).ends()).containsExactly(1, 7);
    }

    @Test
    void decoding_may_begin_with_another_token_than_labels_are_shifted_behind() {
        String model = "{'model_type':'t5','vocab_size':20,'pad_token_id':2}";

        assertThat(t5(model).start()).isEqualTo(2);
        assertThat(settings(model, json("{'decoder_start_token_id':9}")).start())
                .hasValue(9);
        assertThat(settings(model, json("{}")).start()).hasValue(2);
    }

    @Test
    void settings_that_greedy_decoding_ignores_are_named() {
        String model = "{'model_type':'t5','vocab_size':20,'num_beams':4}";

        assertThat(settings(model, MissingNode.getInstance()).unsupported()).containsExactly("num_beams 4");
        assertThat(settings(model, json("{'repetition_penalty':1.2,'forced_bos_token_id':3,'num_beams':1}"))
                        .unsupported())
                .containsExactly("repetition_penalty 1.2", "forced_bos_token_id");
        assertThat(settings(model, json("{'suppress_tokens':[],'do_sample':true}"))
                        .unsupported())
                .containsExactly("do_sample");
    }

    @Test
    void tokens_that_the_model_does_not_know_are_refused() {
        for (String model : List.of(
                "{'model_type':'t5','vocab_size':20,'eos_token_id':20}",
                "{'model_type':'t5','vocab_size':20,'decoder_start_token_id':-1}",
                "{'model_type':'t5','vocab_size':20,'pad_token_id':'zero'}")) {
            assertThatExceptionOfType(EngineException.class)
                    .as(model)
                    .isThrownBy(() -> t5(model))
                    .withMessageContaining("token_id");
        }
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> settings("{'model_type':'t5','vocab_size':20}", json("{'eos_token_id':[1,99]}")))
                .withMessageContaining("the token 99");
    }

    @Test
    void dense_act_fn_and_is_gated_act_take_effect() {
        assertThat(t5("{'model_type':'t5','feed_forward_proj':'gated-gelu','dense_act_fn':'relu'}"))
                .matches(T5Config::gated)
                .returns("relu", T5Config::activation);
        assertThat(t5("{'model_type':'t5','feed_forward_proj':'gated-gelu','is_gated_act':false}"))
                .matches(c -> !c.gated())
                .returns("gelu_new", T5Config::activation);
    }
}
