package io.lorahub.engine.lora.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaseModelTwinsTest {

    @ParameterizedTest
    @CsvSource({
        "unsloth/Llama-3.2-1B, meta-llama/Llama-3.2-1B",
        "unsloth/llama-3.2-1b-bnb-4bit, meta-llama/Llama-3.2-1B",
        "unsloth/Llama-3.2-1B-unsloth-bnb-4bit, meta-llama/Llama-3.2-1B",
        "unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit, meta-llama/Llama-3.1-8B-Instruct",
        "unsloth/mistral-7b-v0.3-bnb-4bit, mistralai/Mistral-7B-v0.3",
        "TheBloke/Llama-2-7B-GPTQ, meta-llama/Llama-2-7b-hf",
        "Qwen/Qwen2.5-1.5B-Instruct-GPTQ-Int4, Qwen/Qwen2.5-1.5B-Instruct",
        "Qwen/Qwen2.5-1.5B-Instruct-AWQ, /models/Qwen2.5-1.5B-Instruct/"
    })
    void names_of_the_same_model_are_twins(String name, String original) {
        assertThat(BaseModelTwins.areTwins(name, original)).isTrue();
        assertThat(BaseModelTwins.of(name, List.of("google/flan-t5-small", original)))
                .contains(original);
    }

    @ParameterizedTest
    @CsvSource({
        "unsloth/Llama-3.2-1B-Instruct-bnb-4bit, meta-llama/Llama-3.2-1B",
        "unsloth/Llama-3.2-3B-bnb-4bit, meta-llama/Llama-3.2-1B",
        "google/flan-t5-small, google/flan-t5-base"
    })
    void other_models_are_none(String name, String other) {
        assertThat(BaseModelTwins.areTwins(name, other)).isFalse();
        assertThat(BaseModelTwins.of(name, List.of(other))).isEmpty();
    }

    @Test
    void quantised_names_are_known() {
        assertThat(List.of("unsloth/a-bnb-4bit", "x/y-GPTQ", "x/y-awq", "x/y-GPTQ-Int4"))
                .allMatch(BaseModelTwins::isQuantized);
        assertThat(List.of("unsloth/Llama-3.2-1B", "google/gemma-2-2b", "HuggingFaceTB/SmolLM2-135M"))
                .noneMatch(BaseModelTwins::isQuantized);
    }
}
