package io.lorahub.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.web.budget.RequestBudget;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The forms of OpenAI's reference. */
class CompletionAnswerTest {

    private static final UUID ID = UUID.fromString("00000000-0000-0000-0000-000000000001");

    private static CompletionAnswer chat(String more, int texts) throws Exception {
        JsonNode body = new ObjectMapper()
                .readTree("{\"model\":\"a/b\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]" + more + "}");
        return new CompletionAnswer(CompletionParameters.ofChat(body), ID, texts, 3, 1700000000, RequestBudget.NONE);
    }

    private static GenerationEvent token(int text, String written, String token) {
        return token(text, written, token, null);
    }

    private static GenerationEvent token(int text, String written, String token, byte[] partial) {
        return GenerationEvent.token(
                text, written, token, partial, -0.5, List.of(new GenerationEvent.Alternative("other", null, -1.5)));
    }

    @Test
    void a_chat_in_one_piece() throws Exception {
        CompletionAnswer answer = chat("", 2);
        answer.add(List.of(token(0, "", "Hel"), token(1, "Bye", "Bye")));
        answer.add(List.of(token(0, "Hello", "lo"), GenerationEvent.end(0, "!", "stop")));
        answer.add(List.of(GenerationEvent.end(1, "", "length")));

        JsonNode whole = answer.whole();

        assertThat(whole.path("id").asText()).isEqualTo("chatcmpl-00000000000000000000000000000001");
        assertThat(whole.path("object").asText()).isEqualTo("chat.completion");
        assertThat(whole.path("created").asLong()).isEqualTo(1700000000);
        assertThat(whole.at("/choices/0/message/content").asText()).isEqualTo("Hello!");
        assertThat(whole.at("/choices/0/message/role").asText()).isEqualTo("assistant");
        assertThat(whole.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(whole.at("/choices/0/logprobs").isNull()).isTrue();
        assertThat(whole.at("/choices/1/message/content").asText()).isEqualTo("Bye");
        assertThat(whole.at("/choices/1/finish_reason").asText()).isEqualTo("length");
        assertThat(whole.at("/usage").toString())
                .isEqualTo("{\"prompt_tokens\":3,\"completion_tokens\":3,\"total_tokens\":6}");
    }

    @Test
    void a_chat_in_chunks() throws Exception {
        CompletionAnswer answer = chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}", 1);

        answer.add(List.of(token(0, "", "Hel")));
        assertThat(answer.chunks()).singleElement().satisfies(first -> {
            assertThat(first.path("object").asText()).isEqualTo("chat.completion.chunk");
            assertThat(first.at("/choices/0/delta").toString()).isEqualTo("{\"role\":\"assistant\",\"content\":\"\"}");
            assertThat(first.at("/choices/0/finish_reason").isNull()).isTrue();
            assertThat(first.get("usage").isNull()).isTrue();
        });
        answer.add(List.of(token(0, "Hello", "lo")));
        assertThat(answer.chunks())
                .extracting(chunk -> chunk.at("/choices/0/delta").toString())
                .containsExactly("{\"content\":\"Hello\"}");
        answer.add(List.of(GenerationEvent.end(0, "", "stop")));
        assertThat(answer.chunks()).singleElement().satisfies(last -> {
            assertThat(last.at("/choices/0/delta").toString()).isEqualTo("{}");
            assertThat(last.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        });
        ObjectNode usage = answer.usageChunk();
        assertThat(usage.get("choices")).isEmpty();
        assertThat(usage.at("/usage/completion_tokens").asInt()).isEqualTo(2);
    }

    @Test
    void log_probabilities_of_a_chat() throws Exception {
        CompletionAnswer answer = chat(",\"logprobs\":true,\"top_logprobs\":1", 1);
        answer.add(List.of(
                token(0, "é", "é"),
                token(0, "", "\uFFFD", new byte[] {(byte) 0xF0, (byte) 0x9F}),
                GenerationEvent.end(0, "", "stop")));

        JsonNode content =
                new ObjectMapper().readTree(answer.whole().toString()).at("/choices/0/logprobs/content");

        assertThat(content.get(0).toString())
                .isEqualTo("{\"token\":\"é\",\"logprob\":-0.5,\"bytes\":[195,169],\"top_logprobs\":"
                        + "[{\"token\":\"other\",\"logprob\":-1.5,\"bytes\":[111,116,104,101,114]}]}");
        assertThat(content.get(1).get("token").asText()).isEqualTo("\\xf0\\x9f");
        assertThat(content.get(1).get("bytes").toString()).isEqualTo("[240,159]");
    }

    /** As Python counts, so that {@code text[offset:]} begins with the token or with the character it is a part of. */
    @Test
    void offsets_count_characters_and_parts_of_one_have_the_same() throws Exception {
        JsonNode body = new ObjectMapper().readTree("{\"model\":\"a/b\",\"prompt\":\"x\",\"logprobs\":1}");
        CompletionAnswer answer =
                new CompletionAnswer(CompletionParameters.ofCompletions(body), ID, 1, 1, 0, RequestBudget.NONE);
        answer.add(List.of(
                token(0, "a\uD83D\uDE00", "a\uD83D\uDE00"),
                token(0, "", " \uFFFD", new byte[] {' ', (byte) 0xF0, (byte) 0x9F}),
                token(0, " \uD83D\uDE80", "\uFFFD", new byte[] {(byte) 0x9A, (byte) 0x80}),
                token(0, "b", "b"),
                GenerationEvent.end(0, "", "stop")));

        JsonNode values = answer.whole().at("/choices/0/logprobs");

        assertThat(values.get("text_offset").toString()).isEqualTo("[0,2,3,4]");
        assertThat(values.get("tokens").toString())
                .isEqualTo("[\"a\uD83D\uDE00\",\"bytes: \\\\xf0\\\\x9f\",\"bytes:\\\\x9a\\\\x80\",\"b\"]");
    }

    @Test
    void a_completion_with_log_probabilities_in_chunks() throws Exception {
        JsonNode body =
                new ObjectMapper().readTree("{\"model\":\"a/b\",\"prompt\":\"x\",\"logprobs\":1,\"stream\":true}");
        CompletionAnswer answer =
                new CompletionAnswer(CompletionParameters.ofCompletions(body), ID, 1, 1, 0, RequestBudget.NONE);

        answer.add(List.of(token(0, "one", "one")));
        List<ObjectNode> first = answer.chunks();
        answer.add(List.of(token(0, " two", " two"), GenerationEvent.end(0, "", "length")));
        List<ObjectNode> second = answer.chunks();

        assertThat(first).singleElement().satisfies(chunk -> {
            assertThat(chunk.path("object").asText()).isEqualTo("text_completion");
            assertThat(chunk.at("/choices/0").toString())
                    .isEqualTo(
                            "{\"index\":0,\"text\":\"one\",\"logprobs\":{\"tokens\":[\"one\"],\"token_logprobs\":[-0.5],"
                                    + "\"top_logprobs\":[{\"other\":-1.5}],\"text_offset\":[0]},\"finish_reason\":null}");
        });
        assertThat(second).hasSize(2);
        assertThat(second.get(0).at("/choices/0/logprobs/text_offset/0").asInt())
                .isEqualTo(3);
        assertThat(second.get(1).at("/choices/0/finish_reason").asText()).isEqualTo("length");
    }
}
