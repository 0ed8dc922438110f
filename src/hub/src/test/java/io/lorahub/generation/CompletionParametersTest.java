package io.lorahub.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.prompt.ChatMessage;
import io.lorahub.web.ProblemException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each parameter of OpenAI's reference is read, or refused by its name. */
class CompletionParametersTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static ObjectNode with(String base, String more) {
        try {
            ObjectNode body = (ObjectNode) JSON.readTree(base);
            body.setAll((ObjectNode) JSON.readTree("{" + more + "}"));
            return body;
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static ObjectNode chat(String more) {
        return with("{\"model\":\"a/b\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}", more);
    }

    private static ObjectNode completion(String more) {
        return with("{\"model\":\"a/b\",\"prompt\":\"Hello\"}", more);
    }

    @Test
    void all_parameters_of_a_chat_are_read() {
        CompletionParameters read = CompletionParameters.ofChat(
                chat(
                        "\"max_completion_tokens\":7,\"temperature\":0.5,\"top_p\":0.9,\"top_k\":40,\"seed\":-3,\"n\":2,"
                                + "\"stop\":[\"a\",\"b\"],\"presence_penalty\":1,\"frequency_penalty\":-1,\"logit_bias\":{\"5\":-100},"
                                + "\"logprobs\":true,\"top_logprobs\":4,\"stream\":true,\"stream_options\":{\"include_usage\":true}"));

        assertThat(read.model()).isEqualTo("a/b");
        assertThat(read.conversation()).containsExactly(new ChatMessage("user", "Hello"));
        assertThat(read.maxTokens()).hasValue(7);
        assertThat(read.temperature()).isEqualTo(0.5);
        assertThat(read.topP()).isEqualTo(0.9);
        assertThat(read.topK()).isEqualTo(40);
        assertThat(read.seed()).hasValue(-3);
        assertThat(read.choices()).isEqualTo(2);
        assertThat(read.stop()).containsExactly("a", "b");
        assertThat(read.presencePenalty()).isOne();
        assertThat(read.frequencyPenalty()).isEqualTo(-1);
        assertThat(read.bias()).isEqualTo(Map.of(5, -100.0));
        assertThat(read.alternatives()).hasValue(4);
        assertThat(read.stream()).isTrue();
        assertThat(read.usageInStream()).isTrue();
    }

    @Test
    void what_is_left_out_has_the_defaults_of_the_reference() {
        CompletionParameters read =
                CompletionParameters.ofChat(chat("\"stop\":null,\"max_tokens\":null,\"tools\":null"));

        assertThat(read.maxTokens()).isEmpty();
        assertThat(read.temperature()).isOne();
        assertThat(read.topP()).isOne();
        assertThat(read.choices()).isOne();
        assertThat(read.seed()).isEmpty();
        assertThat(read.stop()).isEmpty();
        assertThat(read.alternatives()).isEmpty();
        assertThat(read.stream()).isFalse();
    }

    @Test
    void a_message_can_have_its_text_in_parts() {
        ObjectNode body = chat(
                "\"messages\":[{\"role\":\"developer\",\"content\":\"Be brief.\"},"
                        + "{\"role\":\"user\",\"name\":\"ada\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]}]");

        assertThat(CompletionParameters.ofChat(body).conversation())
                .containsExactly(new ChatMessage("system", "Be brief."), new ChatMessage("user", "ab"));
    }

    @Test
    void a_prompt_is_a_text_or_token_ids_or_a_list_of_either() {
        assertThat(prompts("\"one\""))
                .extracting(CompletionParameters.Prompt::text)
                .containsExactly("one");
        assertThat(prompts("[\"one\",\"two\"]"))
                .extracting(CompletionParameters.Prompt::text)
                .containsExactly("one", "two");
        assertThat(prompts("[1,2]"))
                .singleElement()
                .satisfies(prompt -> assertThat(prompt.tokens()).containsExactly(1, 2));
        assertThat(prompts("[[1],[2,3]]"))
                .extracting(CompletionParameters.Prompt::tokens)
                .containsExactly(new int[] {1}, new int[] {2, 3});
    }

    private static List<CompletionParameters.Prompt> prompts(String json) {
        return CompletionParameters.ofCompletions(completion("\"prompt\":" + json))
                .prompts();
    }

    @Test
    void a_completion_has_its_log_probabilities_by_a_number() {
        assertThat(CompletionParameters.ofCompletions(completion("\"logprobs\":0"))
                        .alternatives())
                .hasValue(0);
        assertThat(CompletionParameters.ofCompletions(completion("\"logprobs\":null"))
                        .alternatives())
                .isEmpty();
    }

    /** Stock clients send them on their own. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"user\":\"ada\"",
                "\"metadata\":{\"a\":\"b\"}",
                "\"store\":false",
                "\"service_tier\":\"auto\"",
                "\"parallel_tool_calls\":true",
                "\"tools\":[]",
                "\"tool_choice\":\"none\"",
                "\"response_format\":{\"type\":\"text\"}",
                "\"modalities\":[\"text\"]",
                "\"logit_bias\":{}",
                "\"audio\":null"
            })
    void what_changes_nothing_is_accepted(String parameter) {
        assertThat(CompletionParameters.ofChat(chat(parameter)).model()).isEqualTo("a/b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\'',
            value = {
                "model; '\"model\":7'",
                "model; '\"model\":null'",
                "messages; '\"messages\":[]'",
                "messages; '\"messages\":\"Hello\"'",
                "messages[0]; '\"messages\":[7]'",
                "messages[0].role; '\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]'",
                "messages[0].content; '\"messages\":[{\"role\":\"user\"}]'",
                "messages[0].content; '\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]'",
                "messages[0].tool_calls; '\"messages\":[{\"role\":\"user\",\"content\":\"x\",\"tool_calls\":[{}]}]'",
                "messages[0].tool_call_id; '\"messages\":[{\"role\":\"user\",\"content\":\"x\",\"tool_call_id\":\"1\"}]'",
                "max_tokens; '\"max_tokens\":0'",
                "max_completion_tokens; '\"max_completion_tokens\":1.5'",
                "temperature; '\"temperature\":2.5'",
                "temperature; '\"temperature\":\"hot\"'",
                "top_p; '\"top_p\":-0.1'",
                "top_k; '\"top_k\":-1'",
                "seed; '\"seed\":0.5'",
                "n; '\"n\":0'",
                "stop; '\"stop\":[\"1\",\"2\",\"3\",\"4\",\"5\"]'",
                "stop; '\"stop\":\"\"'",
                "stop; '\"stop\":[7]'",
                "presence_penalty; '\"presence_penalty\":3'",
                "frequency_penalty; '\"frequency_penalty\":-3'",
                "logit_bias; '\"logit_bias\":{\"a\":1}'",
                "logit_bias; '\"logit_bias\":{\"5\":101}'",
                "logprobs; '\"logprobs\":3'",
                "top_logprobs; '\"top_logprobs\":3'",
                "top_logprobs; '\"logprobs\":true,\"top_logprobs\":21'",
                "stream; '\"stream\":\"yes\"'",
                "stream_options; '\"stream_options\":{\"include_usage\":true}'",
                "stream_options.other; '\"stream\":true,\"stream_options\":{\"other\":true}'",
                "tools; '\"tools\":[{\"type\":\"function\"}]'",
                "tool_choice; '\"tool_choice\":\"required\"'",
                "functions; '\"functions\":[{}]'",
                "response_format; '\"response_format\":{\"type\":\"json_object\"}'",
                "modalities; '\"modalities\":[\"text\",\"audio\"]'",
                "audio; '\"audio\":{\"voice\":\"x\"}'",
                "prediction; '\"prediction\":{}'",
                "reasoning_effort; '\"reasoning_effort\":\"high\"'",
                "web_search_options; '\"web_search_options\":{}'",
                "store; '\"store\":true'",
                "temprature; '\"temprature\":1'"
            })
    void what_a_chat_cannot_have_is_refused_by_name(String name, String parameter) {
        refused(name, () -> CompletionParameters.ofChat(chat(parameter)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\'',
            value = {
                "prompt; '\"prompt\":[]'",
                "prompt; '\"prompt\":7'",
                "prompt; '\"prompt\":[1,\"a\"]'",
                "prompt; '\"prompt\":[-1]'",
                "prompt; '\"prompt\":[[]]'",
                "prompt; '\"prompt\":null'",
                "logprobs; '\"logprobs\":6'",
                "logprobs; '\"logprobs\":true'",
                "echo; '\"echo\":true'",
                "suffix; '\"suffix\":\"x\"'",
                "best_of; '\"best_of\":2'",
                "max_completion_tokens; '\"max_completion_tokens\":5'",
                "messages; '\"messages\":[]'"
            })
    void what_a_completion_cannot_have_is_refused_by_name(String name, String parameter) {
        refused(name, () -> CompletionParameters.ofCompletions(completion(parameter)));
    }

    private static void refused(String name, Runnable reading) {
        ProblemException refusal = catchThrowableOfType(ProblemException.class, reading::run);
        assertThat(refusal.causes()).singleElement().satisfies(cause -> {
            assertThat(cause.field()).isEqualTo(name);
            assertThat(cause.message()).contains("'" + name + "'");
        });
    }

    @Test
    void a_body_that_is_no_object_is_refused() throws Exception {
        JsonNode list = JSON.readTree("[]");
        assertThat(catchThrowableOfType(ProblemException.class, () -> CompletionParameters.ofChat(list))
                        .status())
                .isEqualTo(400);
        assertThat(catchThrowableOfType(ProblemException.class, () -> CompletionParameters.ofChat(null))
                        .status())
                .isEqualTo(400);
    }
}
