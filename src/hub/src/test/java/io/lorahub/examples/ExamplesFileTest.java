package io.lorahub.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.learning.Example;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExamplesFileTest {

    private static final Example FIRST = new Example("lock", "unlocked");
    private static final Example SECOND = new Example("a, \"b\"", "ü → 漢");

    @TempDir
    Path folder;

    @Test
    void reads_a_json_object_on_each_line() throws IOException {
        Path file = write("e.jsonl", """
            {"input": "lock", "output": "unlocked"}

            {"output": "ü → 漢", "id": 7, "input": "a, \\"b\\""}
            """);
        assertThat(ExamplesFile.read(file)).containsExactly(FIRST, SECOND);
    }

    @Test
    void reads_windows_line_ends_and_a_byte_order_mark() throws IOException {
        Path file = write("e.jsonl", "\uFEFF{\"input\":\"lock\",\"output\":\"unlocked\"}\r\n\r\n");
        assertThat(ExamplesFile.read(file)).containsExactly(FIRST);
    }

    @Test
    void reads_the_fields_of_the_published_program() throws IOException {
        Path file = write("zero_shot.jsonl", "{\"context\": \"lock\", \"completion\": \"unlocked\"}");
        assertThat(ExamplesFile.read(file)).containsExactly(FIRST);
    }

    @Test
    void reads_conversations_of_one_turn() throws IOException {
        Path openAi = write("chat.jsonl", """
            {"messages": [{"role": "user", "content": "lock"}, {"role": "assistant", "content": "unlocked"}]}
            {"messages": [{"role": "system", "content": "Undo it."}, {"role": "user", "content": "lock"},
            """.strip() + """
             {"role": "assistant", "content": "unlocked", "weight": 1}]}
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "lo"}, {"type": "text", "text": "ck"}]},
            """.strip() + """
             {"role": "assistant", "content": "unlocked"}]}
            {"id": "1", "conversations": [{"from": "human", "value": "lock"}, {"from": "gpt", "value": "unlocked"}]}
            """);
        assertThat(ExamplesFile.read(openAi))
                .containsExactly(FIRST, new Example("Undo it.\nlock", "unlocked"), FIRST, FIRST);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            []                                                                      | these are none.
            [{"role": "user", "content": "a"}]                                      | these are user.
            [{"role": "assistant", "content": "a"}, {"role": "user", "content": "b"}] | these are assistant, user.
            [{"role": "user", "content": "a"}, {"role": "assistant"}]               | "content" is missing.
            [{"role": "user", "content": null}]                                     | "content" must be text in quotes, not null.
            [{"role": "user", "content": "a"}, {"role": "assistant", "content": " "}] | the assistant's answer is empty.
            [{"role": "user", "content": [{"type": "image_url"}]}, {"role": "assistant", "content": "b"}] | models read nothing else.
            7                                                                       | these are none.
            """)
    void other_conversations_are_refused(String messages, String why) throws IOException {
        Path file = write("chat.jsonl", "{\"messages\": %s}".formatted(messages));
        assertThatThrownBy(() -> ExamplesFile.read(file))
                .hasMessageContaining("chat.jsonl, line 1")
                .hasMessageEndingWith(why);
    }

    @Test
    void an_instruction_comes_before_its_input() throws IOException {
        Path alpaca = write("alpaca.json", """
            [{"instruction": "Say it in the past.", "input": "lock", "output": "locked"},
             {"instruction": "Name a colour.", "input": "", "output": "red"},
             {"instruction": "Name a fruit.", "input": null, "output": "fig"},
             {"instruction": "Name a town.", "output": "Ulm"}]
            """);
        List<Example> read = List.of(
                new Example("Say it in the past.\nlock", "locked"),
                new Example("Name a colour.", "red"),
                new Example("Name a fruit.", "fig"),
                new Example("Name a town.", "Ulm"));
        assertThat(ExamplesFile.read(alpaca)).isEqualTo(read);
        Path dolly =
                write("dolly.jsonl", "{\"instruction\": \"Who?\", \"context\": \"Ann left.\", \"response\": \"Ann\"}");
        assertThat(ExamplesFile.read(dolly)).containsExactly(new Example("Who?\nAnn left.", "Ann"));
        Path csv = write("alpaca.csv", """
            instruction,input,output
            Say it in the past.,lock,locked
            Name a colour.,,red
            """);
        assertThat(ExamplesFile.read(csv)).isEqualTo(read.subList(0, 2));
    }

    @Test
    void a_bad_header_is_said_in_our_words() throws IOException {
        Path file = write("twice.csv", "input,input,output\na,b,c\n");
        assertThatThrownBy(() -> ExamplesFile.read(file))
                .hasMessageContaining("two of its columns have the same name")
                .hasMessageNotContaining("CSVFormat");
    }

    @Test
    void reads_a_list() throws IOException {
        Path file = write("e.json", """
            [{"input": "lock", "output": "unlocked"},
             {"input": "a, \\"b\\"", "output": "ü → 漢"}]\
            """);
        assertThat(ExamplesFile.read(file)).containsExactly(FIRST, SECOND);
    }

    @Test
    void reads_big_bench_hard_on_one_line_and_on_many() throws IOException {
        String text = """
            {"canary": {"a": [1]}, "examples": [{"input": "lock", "target": "unlocked"}]}\
            """;
        assertThat(ExamplesFile.read(write("a.json", text))).containsExactly(FIRST);
        assertThat(ExamplesFile.read(write("b.json", text.replace(", ", ",\n"))))
                .containsExactly(FIRST);
    }

    @Test
    void reads_csv_with_quotes_line_ends_and_other_columns() throws IOException {
        Path file = write(
                "e.CSV",
                "id,output,input\r\n1,unlocked,lock\r\n\r\n2,ü → 漢,\"a, \"\"b\"\"\"\r\n3,x,\"two\nlines\"\r\n");
        assertThat(ExamplesFile.read(file)).containsExactly(FIRST, SECOND, new Example("two\nlines", "x"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        e.tsv  | input^output~lock^unlocked
        e.csv  | input^output~lock^unlocked
        e.csv  | input;output;n~lock;unlocked;1
        e.csv  | Input, Output ~lock,unlocked
        e.txt  | input,output~lock,unlocked
        e      | context^completion~lock^unlocked
        e.txt  | {"input": "lock", "output": "unlocked"}
        """)
    void reads_a_table_by_its_header(String name, String text) throws IOException {
        Path file = write(name, text.replace('~', '\n').replace('^', '\t'));
        assertThat(ExamplesFile.read(file)).containsExactly(FIRST);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_device_without_an_end_is_refused() {
        assertThatThrownBy(() -> ExamplesFile.read(Path.of("/dev/zero")))
                .hasMessage("/dev/zero: there are more than the 64 MB that are read.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"input": "a", "output": "b"}~{"input": "a"}                 | line 2: an example needs "input" and "output"
        {"input": "a", "output": "b"}~~{"input": "a", "output": "b"  | line 3: this isn't valid JSON
        {"input": "a", "output": " "}                                | line 1: "output" is empty
        {"context": "a", "completion": ""}                           | line 1: "completion" is empty
        {"input": "a", "output": 3}                                  | line 1: "output" must be text in quotes, not a number
        {"input": null, "output": "b"}                               | line 1: "input" must be text in quotes, not null
        {"input": ["a"], "output": "b"}                              | "input" must be text in quotes, not an array
        {"input": "a", "output": "b", "input": "c"}                  | line 1: this isn't valid JSON: Duplicate field 'input'
        {"input": "a", "output": "b"} x                              | line 1: this isn't valid JSON
        "a"                                                          | line 1: an example must be an object
        hello                                                        | line 1: this isn't valid JSON
        [{"input": "a", "output": "b"},~ {"input": "a"}]             | line 2: an example needs "input" and "output"
        [{"input": "a", "output": "b"},~ {"inp                       | line 2: this isn't valid JSON
        [{"input": "a", "output": "b"}]~]                            | line 2: this isn't valid JSON
        [1]                                                          | an example must be an object with "input" and "output" (or "context" and "completion"), not a number
        []                                                           | the file contains no examples
        {~"rows": []}                                                | the object has no list "examples"
        """)
    void says_what_is_wrong_in_json(String text, String message) throws IOException {
        Path file = write("e.jsonl", text.replace('~', '\n'));
        assertThatThrownBy(() -> ExamplesFile.read(file))
                .isInstanceOf(ExamplesException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        in,out~a,b              | line 1: the header needs the columns "input" and "output"
        input,input,output~a,b,c | line 1: the header cannot be used
        input,output~a,b~a,b,c  | line 3: there are 3 values for the 2 columns
        input,output~a,         | line 2: "output" is empty
        input,output~a,"b       | line 2: this isn't valid CSV: a quotation mark is opened and never closed.
        input,output            | the file contains no examples
        """)
    void says_what_is_wrong_in_csv(String text, String message) throws IOException {
        Path file = write("e.csv", text.replace('~', '\n'));
        assertThatThrownBy(() -> ExamplesFile.read(file))
                .isInstanceOf(ExamplesException.class)
                .hasMessageContaining(message);
    }

    @Test
    void names_a_file_that_is_missing_empty_or_a_folder() throws IOException {
        assertThatThrownBy(() -> ExamplesFile.read(folder.resolve("none.jsonl")))
                .hasMessage("%s: there is no such file.", folder.resolve("none.jsonl"));
        Path empty = write("empty.jsonl", " \n");
        assertThatThrownBy(() -> ExamplesFile.read(empty)).hasMessageContaining("the file is empty");
        assertThatThrownBy(() -> ExamplesFile.read(folder)).hasMessageContaining("this is a folder");
    }

    @Test
    void names_the_line_that_is_not_utf_8() throws IOException {
        Path file = folder.resolve("latin.jsonl");
        Files.write(
                file,
                "{\"input\":\"a\",\"output\":\"b\"}\n{\"input\":\"\u00fc\"".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ExamplesFile.read(file)).hasMessageContaining("line 2: this is not UTF-8 text");
    }

    @Test
    void refuses_a_file_that_is_too_large_without_reading_it() throws IOException {
        Path file = folder.resolve("large.jsonl");
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(ExamplesFile.LARGEST + 1);
        }
        assertThatThrownBy(() -> ExamplesFile.read(file)).hasMessageContaining("more than the 64 MB that are read");
    }

    @Test
    void refuses_json_of_endless_depth() throws IOException {
        Path file = write("deep.jsonl", "{\"input\":" + "[".repeat(100_000));
        assertThatThrownBy(() -> ExamplesFile.read(file))
                .isInstanceOf(ExamplesException.class)
                .hasMessageContaining("this isn't valid JSON");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
