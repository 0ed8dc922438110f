package io.lorahub.engine.lora.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.lora.check.TensorName.Part;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorNameTest {

    @ParameterizedTest
    @CsvSource({
        "a.b.q.lora_A.weight, A", "a.b.q.lora_B.weight, B", "a.b.q.lora_A.default.weight, A",
        "a.b.q.lora_B.my-adapter.weight, B", "a.b.q.lora_B.bias, BIAS", "a.b.q.lora_B.default.bias, BIAS",
        "a.b.q.lora_embedding_A, EMBEDDING_A", "a.b.q.lora_embedding_B.default, EMBEDDING_B"
    })
    void names_of_factors_are_known(String name, Part part) {
        assertThat(TensorName.parse("base_model.model." + name)).hasValue(new TensorName("a.b.q", part));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.q.lora_A.weight",
                "base_model.model.a.q.weight",
                "base_model.model.a.q.lora_magnitude_vector",
                "base_model.model.lora_A.weight",
                "base_model.model.a.lora_A",
                "base_model.model.a.lora_A.bias",
                "base_model.model.a.lora_A.x.y.weight",
                "base_model.model.a.lora_C.weight",
                "base_model.model.a.lora_A.weight.x",
                "",
                "base_model.model.",
                "base_model.model.a.lora_embedding_A.x.y"
            })
    void other_names_are_not(String name) {
        assertThat(TensorName.parse(name)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void a_name_that_is_written_is_read_again(Part part) {
        assertThat(TensorName.parse(TensorName.of("a.b", part))).hasValue(new TensorName("a.b", part));
    }
}
