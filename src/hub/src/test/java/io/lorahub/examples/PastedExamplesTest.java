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
                "lock;unlocked\nfold;unfolded",
                "input;output\nlock;\"unlocked\"\nfold;unfolded",
                "Input\tOutput wanted\nlock\tunlocked\nfold\tunfolded",
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
    void an_invalid_example_is_refused_with_its_place(String text) {
        assertThatThrownBy(() -> PastedExamples.parse("Pasted rows", text))
                .isInstanceOf(ExamplesException.class)
                .hasMessageStartingWith("Pasted rows, line ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "two\nlines", "tab\tinside", " spaces ", "quote\"d", "{brace"})
    void written_files_read_back_equal(String input) {
        List<Example> examples = List.of(new Example(input, "yes"), new Example("b", "no"));

        assertThat(PastedExamples.parse("text", PastedExamples.write(examples))).isEqualTo(examples);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uFEFFinput,output\nlock,unlocked\nfold,unfolded",
                "\uFEFF{\"input\": \"lock\", \"output\": \"unlocked\"}\n{\"input\": \"fold\", \"output\": \"unfolded\"}",
                "question,answer\nlock,unlocked\nfold,unfolded",
                "Text\tLabel\nlock\tunlocked\nfold\tunfolded",
                "prompt,response\nlock,unlocked\nfold,unfolded",
                "source,target\nlock,unlocked\nfold,unfolded",
                "input,output,id\nlock,unlocked,1\nfold,unfolded,2",
                "lock\tunlocked\t\nfold\tunfolded\t"
            })
    void marks_headers_and_further_columns_are_no_examples(String text) {
        assertThat(PastedExamples.read("Pasted rows", text).faults()).isEmpty();
        assertThat(PastedExamples.read("Pasted rows", text).examples()).isEqualTo(TWO);
    }

    @Test
    void it_says_which_row_was_the_header_and_what_was_left_out() {
        assertThat(PastedExamples.read("Pasted rows", "Input,Output,id\nlock,unlocked,1")
                        .notes())
                .containsExactly("The first row was taken as the header: “Input”, “Output”, “id”.", "Left out: “id”.");
        assertThat(PastedExamples.read("Pasted rows", "lock,unlocked").notes()).isEmpty();
    }

    @Test
    void a_pasted_instruction_comes_before_its_input() {
        Pasted pasted =
                PastedExamples.read("Pasted rows", "instruction\tinput\toutput\nSay it in the past.\tlock\tlocked");
        assertThat(pasted.examples()).containsExactly(new Example("Say it in the past.\nlock", "locked"));
        assertThat(pasted.leftOut()).isEmpty();
    }

    @Test
    void a_tab_in_quotes_belongs_to_the_text() {
        assertThat(PastedExamples.parse("Pasted rows", "lock,\"un\tlocked\"\n\"say \"\"a\"\"\",b"))
                .containsExactly(new Example("lock", "un\tlocked"), new Example("say \"a\"", "b"));
    }

    @Test
    void every_bad_row_is_named_up_to_ten() {
        Pasted some = PastedExamples.read("Pasted rows", "lock\tunlocked\na;b\nfold\t\nbend\tunbended");
        assertThat(some.examples()).hasSize(2);
        assertThat(some.firstFaults())
                .hasSize(2)
                .anyMatch(fault -> fault.startsWith("Pasted rows, line 2: a row needs an input"))
                .anyMatch(fault -> fault.startsWith("Pasted rows, line 3: the output is empty"));

        assertThat(PastedExamples.read("Pasted rows", "a:b\n".repeat(13)).firstFaults())
                .hasSize(11)
                .last()
                .isEqualTo("3 more rows cannot be read.");
        assertThat(PastedExamples.read("Pasted rows", "{\"input\": 1}\n{\"inp\": 2}\n{")
                        .faults())
                .hasSize(3);
    }

    @Test
    void examples_that_look_like_a_header_are_written_as_examples() {
        List<Example> examples = List.of(new Example("Question", "Answer"), new Example("lock", "unlocked"));

        assertThat(PastedExamples.parse("text", PastedExamples.write(examples))).isEqualTo(examples);
    }

    @Test
    void no_more_rows_are_read_than_a_run_could_have() {
        String most = "a,b\n".repeat(PastedExamples.MOST_ROWS);
        assertThat(PastedExamples.read("Pasted rows", most).examples()).hasSize(PastedExamples.MOST_ROWS);
        for (String row : List.of("a,b\n", "a\n", "{\"input\": \"a\", \"output\": \"b\"}\n", "{}\n")) {
            Pasted read = PastedExamples.read("Pasted rows", row.repeat(PastedExamples.MOST_ROWS + 1));
            assertThat(read.examples()).as(row).isEmpty();
            assertThat(read.faults()).containsExactly("There are more than 5,000 rows; give a part of them.");
        }
    }

    @Test
    void an_example_of_very_many_values_is_none() {
        String list = "{\"\":0},".repeat(20_000);
        for (String text : List.of("{\"input\":[%s0]}", "[{\"input\":[%s0]}]")) {
            assertThat(PastedExamples.read("Pasted rows", text.formatted(list)).faults())
                    .as(text)
                    .first()
                    .asString()
                    .contains("there are more than 20,000 values");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "input;output\nhello, world;hi\nfoo, bar;baz",
                "hello, world;hi\nfoo, bar;baz",
                "input;output\n\"hello, world\";hi\n;\nfoo, bar;baz\n;\n"
            })
    void semicolons_separate_where_texts_have_commas(String text) {
        Pasted read = PastedExamples.read("Pasted rows", text);

        assertThat(read.faults()).isEmpty();
        assertThat(read.examples()).containsExactly(new Example("hello, world", "hi"), new Example("foo, bar", "baz"));
    }

    @Test
    void a_quoted_semicolon_separates_nothing() {
        assertThat(PastedExamples.read("Pasted rows", "input;output\n\"a;b\";c\n\"d\ne\";f")
                        .examples())
                .containsExactly(new Example("a;b", "c"), new Example("d\ne", "f"));
    }
}
