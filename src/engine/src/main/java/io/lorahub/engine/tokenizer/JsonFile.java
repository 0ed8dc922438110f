package io.lorahub.engine.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.error.JsonFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the JSON files beside a tokenizer, which are all optional. */
public final class JsonFile {

    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonFile() {}

    /** Returns an empty object if there is no such file. Throws EngineException if it isn't JSON. */
    public static JsonNode read(Path file) {
        try {
            JsonNode json = Files.isRegularFile(file) ? JSON.readTree(file.toFile()) : null;
            return json == null || !json.isObject() ? JSON.createObjectNode() : json;
        } catch (JsonProcessingException e) {
            throw new EngineException("The file %s isn't valid JSON: %s.".formatted(file, JsonFault.of(e)), e);
        } catch (IOException e) {
            throw new EngineException(
                    "The file %s could not be read: %s.".formatted(file, EngineException.reason(e)), e);
        }
    }
}
