package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.engine.prompt.PromptFormat;
import io.lorahub.remote.HubClient;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Answers of a model of a hub, one input after the other.
 *
 * @param prompt chat, which is the default, or plain, which has the input continued as it is
 */
record HubAnswers(
        HubClient hub, String model, PromptChoice prompt, int maxNewTokens, double temperature, OptionalLong seed)
        implements Answers {

    @Override
    public List<String> of(List<String> inputs, Consumer<String> printed) {
        List<String> answers = new ArrayList<>();
        boolean chat = prompt.format().map(PromptFormat.CHAT::equals).orElse(true);
        for (String input : inputs) {
            StringBuilder answer = new StringBuilder();
            String path = chat ? "/v1/chat/completions" : "/v1/completions";
            hub.stream(path, request(input, chat), chunk -> {
                JsonNode choice = chunk.at("/choices/0");
                String text =
                        choice.path("text").asText(choice.at("/delta/content").asText(""));
                answer.append(text);
                printed.accept(text);
            });
            printed.accept(System.lineSeparator());
            answers.add(answer.toString());
        }
        return answers;
    }

    private ObjectNode request(String input, boolean chat) {
        ObjectNode request = JsonNodeFactory.instance
                .objectNode()
                .put("model", model)
                .put("max_tokens", maxNewTokens)
                .put("temperature", temperature)
                .put("stream", true);
        seed.ifPresent(value -> request.put("seed", value));
        if (!chat) return request.put("prompt", input);
        ArrayNode messages = request.putArray("messages");
        prompt.system()
                .ifPresent(text -> messages.addObject().put("role", "system").put("content", text));
        messages.addObject().put("role", "user").put("content", input);
        return request;
    }
}
