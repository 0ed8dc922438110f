package io.lorahub.generation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.lorahub.web.ProblemException;
import io.lorahub.web.budget.RequestBudget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The answer to one request in the form of OpenAI's API, as a whole or in chunks. What it holds counts for its client. Not for
 * several threads at once.
 */
final class CompletionAnswer {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Memory in bytes of a token in the lists of log-probabilities, besides its texts. */
    private static final int TOKEN = 200;

    /** Memory in bytes of a character of the text, with the room that its builder keeps free. */
    private static final int CHARACTER = 4;

    private final CompletionParameters parameters;
    private final String id;
    private final long created;
    private final int promptTokens;
    private final RequestBudget budget;
    private final List<Choice> choices = new ArrayList<>();
    private int completionTokens;
    private long held;

    private static final class Choice {
        private final StringBuilder text = new StringBuilder();
        private LogProbabilities log;
        /** In Unicode code points. */
        private int offset;

        private boolean begun;
        private String finish;
    }

    /**
     * Those of the tokens so far, in the form of chats or in the older one of completions. Alternatives are kept as text; a tree
     * of them would take several times as much.
     */
    private interface LogProbabilities {

        /** @return memory in bytes that it takes */
        long add(GenerationEvent token);

        boolean isEmpty();

        ObjectNode node();
    }

    /**
     * @param texts        number of texts
     * @param promptTokens of all prompts
     * @param created      in seconds since 1970
     * @param budget       of the request
     */
    CompletionAnswer(
            CompletionParameters parameters, UUID id, int texts, int promptTokens, long created, RequestBudget budget) {
        this.parameters = parameters;
        this.id = (parameters.isChat() ? "chatcmpl-" : "cmpl-") + id.toString().replace("-", "");
        this.promptTokens = promptTokens;
        this.created = created;
        this.budget = budget;
        for (int i = 0; i < texts; i++) choices.add(new Choice());
        choices.forEach(choice -> choice.log = log(choice));
    }

    /** Null if log-probabilities aren't asked for. */
    private LogProbabilities log(Choice choice) {
        if (parameters.alternatives().isEmpty()) return null;
        return parameters.isChat()
                ? new OfChat()
                : new OfCompletion(choice, parameters.alternatives().getAsInt() > 0);
    }

    /**
     * Receives what is written next.
     *
     * @throws ProblemException if it is more than the client can hold at a time
     */
    void add(List<GenerationEvent> events) {
        for (GenerationEvent event : events) {
            Choice choice = choices.get(event.choice());
            if (event.text() != null) {
                hold((long) CHARACTER * event.text().length());
                choice.text.append(event.text());
            }
            if (event.finish() != null) choice.finish = event.finish();
            if (!event.isToken()) continue;
            completionTokens++;
            if (choice.log != null) hold(choice.log.add(event));
        }
    }

    private void hold(long bytes) {
        if (bytes == 0) return;
        budget.hold(bytes);
        held += bytes;
    }

    /** Everything, once all texts have ended. */
    ObjectNode whole() {
        ObjectNode answer = head(parameters.isChat() ? "chat.completion" : "text_completion");
        ArrayNode list = answer.putArray("choices");
        for (int i = 0; i < choices.size(); i++) {
            Choice choice = choices.get(i);
            ObjectNode one = list.addObject().put("index", i);
            if (parameters.isChat()) {
                one.putObject("message")
                        .put("role", "assistant")
                        .put("content", choice.text.toString())
                        .putNull("refusal");
            } else {
                one.put("text", choice.text.toString());
            }
            one.set("logprobs", logProbabilities(choice));
            one.put("finish_reason", choice.finish);
        }
        answer.set("usage", usage());
        return answer;
    }

    /** What has been added since the last call, in chunks of one text each. The answer no longer holds it. */
    List<ObjectNode> chunks() {
        List<ObjectNode> chunks = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            Choice choice = choices.get(i);
            if (parameters.isChat() && !choice.begun) {
                chunks.add(chunk(i, "", null, JSON.nullNode(), true));
                choice.begun = true;
            }
            boolean silent = choice.text.isEmpty() && (choice.log == null || choice.log.isEmpty());
            if (silent && choice.finish == null) continue;
            if (!silent) {
                chunks.add(chunk(i, choice.text.toString(), null, logProbabilities(choice), false));
            }
            if (choice.finish != null) chunks.add(chunk(i, "", choice.finish, JSON.nullNode(), false));
            choice.text.setLength(0);
            choice.log = log(choice);
            choice.finish = null;
        }
        budget.release(held);
        held = 0;
        return chunks;
    }

    /** The last chunk of a stream, if the caller asks for it. */
    ObjectNode usageChunk() {
        ObjectNode chunk = head(chunkKind());
        chunk.putArray("choices");
        chunk.set("usage", usage());
        return chunk;
    }

    private ObjectNode chunk(int index, String text, String finish, JsonNode logProbabilities, boolean first) {
        ObjectNode chunk = head(chunkKind());
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", index);
        if (parameters.isChat()) {
            ObjectNode delta = choice.putObject("delta");
            if (first) delta.put("role", "assistant");
            if (finish == null) delta.put("content", text);
        } else {
            choice.put("text", text);
        }
        choice.set("logprobs", logProbabilities);
        choice.put("finish_reason", finish);
        if (parameters.usageInStream()) chunk.putNull("usage");
        return chunk;
    }

    private String chunkKind() {
        return parameters.isChat() ? "chat.completion.chunk" : "text_completion";
    }

    private ObjectNode head(String kind) {
        return JSON.objectNode()
                .put("id", id)
                .put("object", kind)
                .put("created", created)
                .put("model", parameters.model());
    }

    private ObjectNode usage() {
        return JSON.objectNode()
                .put("prompt_tokens", promptTokens)
                .put("completion_tokens", completionTokens)
                .put("total_tokens", promptTokens + completionTokens);
    }

    private static JsonNode logProbabilities(Choice choice) {
        return choice.log == null ? JSON.nullNode() : choice.log.node();
    }

    private static final class OfChat implements LogProbabilities {

        private final ArrayNode content = JSON.arrayNode();

        @Override
        public long add(GenerationEvent token) {
            ObjectNode one = token(token.token(), token.partial(), token.logProbability());
            ArrayNode top = one.putArray("top_logprobs");
            alternatives(token)
                    .forEach(other -> top.add(token(other.token(), other.partial(), other.logProbability())));
            String text = one.toString();
            content.addRawValue(new RawValue(text));
            return TOKEN + memory(text);
        }

        @Override
        public boolean isEmpty() {
            return content.isEmpty();
        }

        @Override
        public ObjectNode node() {
            ObjectNode node = JSON.objectNode();
            node.set("content", content);
            return node.putNull("refusal");
        }
    }

    private static Stream<GenerationEvent.Alternative> alternatives(GenerationEvent token) {
        return token.alternatives() == null ? Stream.empty() : token.alternatives().stream();
    }

    /** Of a text, in bytes: one for each character if it has no others than Latin-1. */
    private static long memory(String text) {
        boolean wide = text.chars().anyMatch(character -> character > 0xFF);
        return wide ? 2L * text.length() : text.length();
    }

    private static ObjectNode token(String text, byte[] partial, double logProbability) {
        byte[] utf8 = partial == null ? text.getBytes(StandardCharsets.UTF_8) : partial;
        ObjectNode token = JSON.objectNode()
                .put("token", partial == null ? text : escaped(partial))
                .put("logprob", logProbability);
        ArrayNode bytes = token.putArray("bytes");
        for (byte one : utf8) bytes.add(one & 0xFF);
        return token;
    }

    /** A part of a character as OpenAI's API writes it, with the other characters that the token has. */
    private static String escaped(byte[] partial) {
        StringBuilder text = new StringBuilder();
        for (byte one : partial) {
            if (one >= ' ' && one <= '~') text.append((char) one);
            else text.append("\\x").append(HexFormat.of().toHexDigits(one));
        }
        return text.toString();
    }

    private static String named(String text, byte[] partial) {
        return partial == null ? text : "bytes:" + escaped(partial);
    }

    /** Whether a byte of UTF-8 is the first of its character. */
    private static boolean beginsCharacter(byte utf8) {
        return (utf8 & 0xC0) != 0x80;
    }

    private static final class OfCompletion implements LogProbabilities {

        private final Choice choice;
        private final ArrayNode tokens = JSON.arrayNode();
        private final ArrayNode values = JSON.arrayNode();
        private final ArrayNode offsets = JSON.arrayNode();

        /** Null if none are asked for. */
        private final ArrayNode top;

        OfCompletion(Choice choice, boolean withAlternatives) {
            this.choice = choice;
            top = withAlternatives ? JSON.arrayNode() : null;
        }

        @Override
        public long add(GenerationEvent token) {
            String name = named(token.token(), token.partial());
            long memory = TOKEN + memory(name);
            tokens.add(name);
            values.add(token.logProbability());
            if (top != null) {
                ObjectNode others = JSON.objectNode();
                alternatives(token)
                        .forEach(other -> others.put(named(other.token(), other.partial()), other.logProbability()));
                String text = others.toString();
                top.addRawValue(new RawValue(text));
                memory += memory(text);
            }
            byte[] bytes = token.partial() == null ? token.token().getBytes(StandardCharsets.UTF_8) : token.partial();
            boolean continued = bytes.length > 0 && !beginsCharacter(bytes[0]) && choice.offset > 0;
            offsets.add(continued ? choice.offset - 1 : choice.offset);
            for (byte one : bytes) if (beginsCharacter(one)) choice.offset++;
            return memory;
        }

        @Override
        public boolean isEmpty() {
            return tokens.isEmpty();
        }

        @Override
        public ObjectNode node() {
            ObjectNode node = JSON.objectNode();
            node.set("tokens", tokens);
            node.set("token_logprobs", values);
            node.set("top_logprobs", top == null ? JSON.nullNode() : top);
            node.set("text_offset", offsets);
            return node;
        }
    }
}
