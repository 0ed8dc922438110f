package io.lorahub.composition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunPredictionsTest {

    @Test
    void a_null_character_becomes_the_replacement_character() {
        assertThat(RunPredictions.storable("a\0b")).isEqualTo("a\ufffdb");
        assertThat(RunPredictions.storable("Zürich \n 東京")).isEqualTo("Zürich \n 東京");
    }
}
