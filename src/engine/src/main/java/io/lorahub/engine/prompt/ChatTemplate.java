package io.lorahub.engine.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.jinja.JinjaTemplate;
import io.lorahub.engine.jinja.RaisedException;
import io.lorahub.engine.jinja.value.JinjaException;
import io.lorahub.engine.tokenizer.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The chat template that comes with a model: the file chat_template.jinja, else {@code chat_template} in
 * tokenizer_config.json, which is a text, or several named ones, of which {@code default} is used.
 */
public final class ChatTemplate {

    private static final String FILE = "chat_template.jinja";
    private static final String DEFAULT = "default";

    private final String source;
    private final JinjaTemplate template;

    private ChatTemplate(String source) {
        this.source = source;
        try {
            template = JinjaTemplate.parse(source);
        } catch (JinjaException e) {
            throw new EngineException("The model's chat template cannot be read: %s.".formatted(e.getMessage()), e);
        }
    }

    /** Whether the tokenizer in a folder has a template, readable or not. */
    public static boolean exists(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE))
                || configured(folder).isTextual()
                || !configured(folder).isEmpty();
    }

    /** Returns empty if the tokenizer has none. Throws EngineException if it cannot be read. */
    public static Optional<ChatTemplate> open(Path folder) {
        return source(folder).map(ChatTemplate::new);
    }

    private static JsonNode configured(Path folder) {
        return JsonFile.read(folder.resolve("tokenizer_config.json")).path("chat_template");
    }

    private static Optional<String> source(Path folder) {
        Path file = folder.resolve(FILE);
        if (Files.isRegularFile(file)) {
            try {
                return Optional.of(Files.readString(file));
            } catch (IOException e) {
                throw new EngineException(
                        "The file %s could not be read: %s.".formatted(file, EngineException.reason(e)), e);
            }
        }
        JsonNode configured = configured(folder);
        if (configured.isTextual()) return Optional.of(configured.textValue());
        Map<String, String> named = new HashMap<>();
        for (JsonNode entry : configured) {
            named.put(entry.path("name").asText(), entry.path("template").asText());
        }
        if (named.isEmpty()) return Optional.empty();
        if (!named.containsKey(DEFAULT)) {
            throw new EngineException(
                    "tokenizer_config.json has several chat templates (%s), but none is named default."
                            .formatted(String.join(", ", named.keySet())));
        }
        return Optional.of(named.get(DEFAULT));
    }

    /** Whether the template may tell the model today's date. */
    public boolean readsDate() {
        return source.contains("strftime_now");
    }

    /**
     * Renders a conversation.
     *
     * @param specialTokens the variables {@code bos_token}, {@code eos_token} and so on
     * @throws EngineException if the template fails; the message has the template's own words if it raised them
     */
    String render(
            List<ChatMessage> messages, boolean addGenerationPrompt, Map<String, Object> specialTokens, Clock clock) {
        Map<String, Object> variables = new HashMap<>(specialTokens);
        List<Object> conversation = new ArrayList<>();
        for (ChatMessage message : messages) {
            Map<String, Object> entry = new LinkedHashMap<>(); // a template may print it
            entry.put("role", message.role());
            entry.put("content", message.content());
            conversation.add(entry);
        }
        variables.put("messages", conversation);
        variables.put("add_generation_prompt", addGenerationPrompt);
        variables.put("tools", null);
        variables.put("documents", null);
        try {
            return template.render(variables, clock);
        } catch (RaisedException e) {
            throw new EngineException(
                    "The model's chat template refuses the conversation: %s"
                            .formatted(EngineException.quoted(e.getMessage())),
                    e);
        } catch (JinjaException e) {
            throw new EngineException("The model's chat template failed: %s.".formatted(e.getMessage()), e);
        }
    }
}
