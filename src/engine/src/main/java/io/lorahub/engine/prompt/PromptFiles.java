package io.lorahub.engine.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.tokenizer.JsonFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** What the files of a model say about prompts. They are read once, so the folder can be removed afterwards. */
public final class PromptFiles {

    private final Path folder;
    private final boolean encoderDecoder;
    private final boolean template;
    private final Supplier<Optional<ChatTemplate>> parsed;
    private final JsonNode endIds;

    private PromptFiles(Path folder) {
        this.folder = folder;
        JsonNode config = JsonFile.read(folder.resolve("config.json"));
        encoderDecoder = config.path("is_encoder_decoder")
                .asBoolean(config.path("model_type").asText().equals("t5"));
        template = !encoderDecoder && ChatTemplate.exists(folder);
        parsed = template ? parsed(folder) : Optional::empty;
        JsonNode generation =
                JsonFile.read(folder.resolve("generation_config.json")).path("eos_token_id");
        endIds = generation.isMissingNode() || generation.isNull() ? config.path("eos_token_id") : generation;
    }

    /** Throws EngineException if a file isn't JSON. A broken chat template is reported when a chat is asked for. */
    public static PromptFiles read(Path folder) {
        return new PromptFiles(folder);
    }

    private static Supplier<Optional<ChatTemplate>> parsed(Path folder) {
        try {
            Optional<ChatTemplate> template = ChatTemplate.open(folder);
            return () -> template;
        } catch (EngineException e) {
            return () -> {
                throw e;
            };
        }
    }

    /** Whether the model reads inputs as they are and has no choice of a format. */
    public boolean isEncoderDecoder() {
        return encoderDecoder;
    }

    /** Whether the model has a chat template, readable or not. */
    public boolean hasChatTemplate() {
        return template;
    }

    /** Chat if there is a template, otherwise plain. */
    public PromptFormat defaultFormat() {
        return PromptFormat.of(template ? PromptFormat.CHAT : PromptFormat.PLAIN, null);
    }

    /** Empty if the model has none. Throws EngineException if it cannot be read. */
    Optional<ChatTemplate> chatTemplate() {
        return parsed.get();
    }

    /** {@code eos_token_id}: a number, a list of numbers, null or missing. */
    JsonNode endIds() {
        return endIds;
    }

    /** The folder, for messages. */
    Path folder() {
        return folder;
    }
}
