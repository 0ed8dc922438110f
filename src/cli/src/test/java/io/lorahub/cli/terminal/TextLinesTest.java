package io.lorahub.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextLinesTest {

    @Test
    void a_long_sentence_is_cut_between_two_words() {
        assertThat(TextLines.firstWords("Translate the following sentence to French", 28))
                .isEqualTo("Translate the following …");
        assertThat(TextLines.firstWords("Translate the following ab cd", 28)).isEqualTo("Translate the following ab …");
    }

    @Test
    void a_short_one_stays_and_one_long_word_is_cut_anywhere() {
        assertThat(TextLines.firstWords("happy", 28)).isEqualTo("happy");
        assertThat(TextLines.firstWords("a Donaudampfschifffahrtsgesellschaft", 28))
                .isEqualTo("a Donaudampfschifffahrtsges…");
    }
}
