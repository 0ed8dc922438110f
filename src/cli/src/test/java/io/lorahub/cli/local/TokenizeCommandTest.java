package io.lorahub.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.cli.Run;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tokenize} with a pair of input and output. */
class TokenizeCommandTest {

    private static final JsonNode GOLDEN = Reference.json("causal.json");

    @ParameterizedTest
    @ValueSource(strings = {"plain", "chat"})
    void json_has_the_ids_of_prompt_and_output(String format) {
        Run run = Run.of(
                "tokenize",
                "--base",
                Reference.path("causal/models/gemma"),
                "--prompt",
                format,
                "--json",
                "--input",
                GOLDEN.at("/inputs/0").asText(),
                "--output",
                GOLDEN.at("/outputs/0").asText());
        assertThat(run.json()).as(run.err()).isEqualTo(GOLDEN.at("/models/gemma/prompts/0/" + format));
    }

    @Test
    void the_default_is_the_models_chat_template() {
        Run run = Run.of(
                "tokenize",
                "--base",
                Reference.path("causal/models/qwen3"),
                "--json",
                "--input",
                GOLDEN.at("/inputs/1").asText(),
                "--output",
                GOLDEN.at("/outputs/1").asText());
        assertThat(run.json()).as(run.err()).isEqualTo(GOLDEN.at("/models/qwen3/prompts/1/chat"));
    }

    @Test
    void people_see_each_token_with_special_tokens_and_the_system_text() {
        Run run = Run.of(
                "tokenize",
                "--base",
                Reference.path("causal/models/qwen2"),
                "--system",
                "Hi",
                "--input",
                "2",
                "--output",
                "4");
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out().lines().map(String::strip).toList())
                .startsWith(
                        "prompt, 18 tokens", "2  <|im_start|>", "310  sy", "321  stem", "202  \\n", "43  H", "76  i")
                .containsSubsequence("output, 2 tokens", "23  4", "3  <|im_end|>");
    }

    @Test
    void a_T5_model_reads_the_input_and_writes_the_output_as_they_are() {
        Run pair =
                Run.of("tokenize", "--base", DemoHub.BASE_MODEL, "--input", "lock", "--output", "unlocked", "--json");
        Run texts = Run.of("tokenize", "--base", DemoHub.BASE_MODEL, "lock", "unlocked", "--json");
        assertThat(pair.json().get("prompt")).isEqualTo(texts.json().at("/texts/0/ids"));
        assertThat(pair.json().get("output")).isEqualTo(texts.json().at("/texts/1/ids"));
    }

    @Test
    void only_the_tokenizer_is_needed_and_what_it_lacks_is_named(@TempDir Path folder) throws IOException {
        for (String file : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
            Files.copy(Reference.path("causal/models/phi3").resolve(file), folder.resolve(file));
        }
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"unknown_family\"}");
        String[] pair = {"--input", "a", "--output", "b"};
        assertThat(Run.of("tokenize", "--base", folder, pair).code()).isEqualTo(ExitCode.OK);
        Run chat = Run.of("tokenize", "--base", folder, "--prompt", "chat", pair);
        assertThat(chat.code()).isEqualTo(ExitCode.INPUT);
        assertThat(chat.err()).contains("has no chat template; choose the prompt format plain");
        Run empty = Run.of("tokenize", "--base", folder, "--input", "a", "--output", " ");
        assertThat(empty.err()).contains("The output of the example is empty.");
        Files.writeString(folder.resolve("chat_template.jinja"), "{{ raise_exception('No systems, please') }}");
        Run refused = Run.of("tokenize", "--base", folder, "--system", "x", pair);
        assertThat(refused.code()).isEqualTo(ExitCode.INPUT);
        assertThat(refused.err()).contains("refuses the conversation: \"No systems, please\"");
    }
}
