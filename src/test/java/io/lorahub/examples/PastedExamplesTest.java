package io.lorahub.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.learning.Example;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PastedExamplesTest {

    private static final List<Example> TWO = List.of(new Example("lock", "unlocked"), new Example("fold", "unfolded"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lock\tunlocked\nfold\tunfolded",
                "lock\tunlocked\r\n\r\nfold\tunfolded\r\n",
                "Input\tOutput\nlock\tunlocked\nfold\tunfolded",
                "lock,unlocked\nfold,unfolded",
                "input,note,target\nlock,x,unlocked\nfold,\"a, b\",unfolded",
                "{\"input\": \"lock\", \"output\": \"unlocked\"}\n{\"context\": \"fold\", \"completion\": \"unfolded\"}",
                "[{\"input\": \"lock\", \"output\": \"unlocked\"},\n {\"input\": \"fold\", \"output\": \"unfolded\"}]",
                "{\"examples\": [{\"input\": \"lock\", \"target\": \"unlocked\"}, {\"input\": \"fold\", \"target\": \"unfolded\"}]}"
            })
    void rows_in_any_of_the_usual_ways_are_the_same_examples(String text) {
        assertThat(PastedExamples.parse("Pasted rows", text)).isEqualTo(TWO);
    }

    @Test
    void a_cell_in_quotes_may_have_line_breaks() {
        assertThat(PastedExamples.parse("Pasted rows", "\"two\nlines\"\tyes"))
                .containsExactly(new Example("two\nlines", "yes"));
    }

    @Test
    void a_blank_text_holds_none() {
        assertThat(PastedExamples.parse("Pasted rows", " \n")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"lock\tunlocked\nfold", "lock, unlock, unlocked", "lock\t", "\"open\tunlocked", "{\"input\": 1}"
            })
    void what_is_no_example_is_refused_with_its_place(String text) {
        assertThatThrownBy(() -> PastedExamples.parse("Pasted rows", text))
                .isInstanceOf(ExamplesException.class)
                .hasMessageStartingWith("Pasted rows, line ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "two\nlines", "tab\tinside", " spaces ", "quote\"d", "{brace"})
    void what_is_written_reads_the_same(String input) {
        List<Example> examples = List.of(new Example(input, "yes"), new Example("b", "no"));

        assertThat(PastedExamples.parse("text", PastedExamples.write(examples))).isEqualTo(examples);
    }
}
