package io.lorahub.generation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** The answer to one request in the form of OpenAI's API, as a whole or in chunks. Not for several threads at once. */
final class CompletionAnswer {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final CompletionParameters parameters;
    private final String id;
    private final long created;
    private final int promptTokens;
    private final List<Choice> choices = new ArrayList<>();
    private int completionTokens;

    private static final class Choice {
        private final StringBuilder text = new StringBuilder();
        private final List<GenerationEvent> tokens = new ArrayList<>();
        /** In Unicode code points. */
        private int offset;

        private boolean begun;
        private String finish;
    }

    /**
     * @param texts        number of texts
     * @param promptTokens of all prompts
     * @param created      in seconds since 1970
     */
    CompletionAnswer(CompletionParameters parameters, UUID id, int texts, int promptTokens, long created) {
        this.parameters = parameters;
        this.id = (parameters.isChat() ? "chatcmpl-" : "cmpl-") + id.toString().replace("-", "");
        this.promptTokens = promptTokens;
        this.created = created;
        for (int i = 0; i < texts; i++) choices.add(new Choice());
    }

    /** Receives what is written next. */
    void add(List<GenerationEvent> events) {
        for (GenerationEvent event : events) {
            Choice choice = choices.get(event.choice());
            if (event.text() != null) choice.text.append(event.text());
            if (event.finish() != null) choice.finish = event.finish();
            if (!event.isToken()) continue;
            completionTokens++;
            if (parameters.alternatives().isPresent()) choice.tokens.add(event);
        }
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

    /** What has been added since the last call, in chunks of one text each. */
    List<ObjectNode> chunks() {
        List<ObjectNode> chunks = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            Choice choice = choices.get(i);
            if (parameters.isChat() && !choice.begun) {
                chunks.add(chunk(i, "", null, JSON.nullNode(), true));
                choice.begun = true;
            }
            if (choice.text.isEmpty() && choice.tokens.isEmpty() && choice.finish == null) continue;
            if (!choice.text.isEmpty() || !choice.tokens.isEmpty()) {
                chunks.add(chunk(i, choice.text.toString(), null, logProbabilities(choice), false));
            }
            if (choice.finish != null) chunks.add(chunk(i, "", choice.finish, JSON.nullNode(), false));
            choice.text.setLength(0);
            choice.tokens.clear();
            choice.finish = null;
        }
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

    private JsonNode logProbabilities(Choice choice) {
        if (parameters.alternatives().isEmpty()) return JSON.nullNode();
        return parameters.isChat() ? ofChat(choice) : ofCompletion(choice);
    }

    private static ObjectNode ofChat(Choice choice) {
        ObjectNode node = JSON.objectNode();
        ArrayNode content = node.putArray("content");
        for (GenerationEvent token : choice.tokens) {
            ObjectNode one = token(token.token(), token.partial(), token.logProbability());
            ArrayNode top = one.putArray("top_logprobs");
            alternatives(token)
                    .forEach(other -> top.add(token(other.token(), other.partial(), other.logProbability())));
            content.add(one);
        }
        node.putNull("refusal");
        return node;
    }

    private static Stream<GenerationEvent.Alternative> alternatives(GenerationEvent token) {
        return token.alternatives() == null ? Stream.empty() : token.alternatives().stream();
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

    /** In the older form of completions. */
    private ObjectNode ofCompletion(Choice choice) {
        ObjectNode node = JSON.objectNode();
        ArrayNode tokens = node.putArray("tokens");
        ArrayNode values = node.putArray("token_logprobs");
        ArrayNode top = JSON.arrayNode();
        ArrayNode offsets = JSON.arrayNode();
        for (GenerationEvent token : choice.tokens) {
            tokens.add(named(token.token(), token.partial()));
            values.add(token.logProbability());
            ObjectNode others = top.addObject();
            alternatives(token)
                    .forEach(other -> others.put(named(other.token(), other.partial()), other.logProbability()));
            byte[] bytes = token.partial() == null ? token.token().getBytes(StandardCharsets.UTF_8) : token.partial();
            boolean continued = bytes.length > 0 && !beginsCharacter(bytes[0]) && choice.offset > 0;
            offsets.add(continued ? choice.offset - 1 : choice.offset);
            for (byte one : bytes) if (beginsCharacter(one)) choice.offset++;
        }
        node.set("top_logprobs", parameters.alternatives().getAsInt() == 0 ? JSON.nullNode() : top);
        node.set("text_offset", offsets);
        return node;
    }
}
