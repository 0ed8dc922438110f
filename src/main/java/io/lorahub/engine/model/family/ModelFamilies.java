package io.lorahub.engine.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The families of models that the engine can run, by their {@code model_type}. */
public final class ModelFamilies {

    /** Reads config.json of one family. */
    interface Reader {
        /** @param tensors names of the model's tensors; empty if they are not known yet */
        ModelConfig read(JsonNode json, Set<String> tensors);
    }

    private static final TreeMap<String, Reader> READERS = new TreeMap<>(Map.of("t5", T5Config::of));

    private ModelFamilies() {}

    /** The supported values of {@code model_type}. */
    public static Set<String> known() {
        return READERS.keySet();
    }

    /** Reads config.json without knowing the weights. */
    public static ModelConfig of(JsonNode json) {
        return of(json, Set.of());
    }

    /**
     * Reads config.json.
     *
     * @param tensors names of the model's tensors, which decide what config.json leaves open
     * @throws EngineException for an unknown family or an invalid value
     */
    public static ModelConfig of(JsonNode json, Set<String> tensors) {
        String family = json.path("model_type").asText("");
        Reader reader = READERS.get(family);
        if (reader == null) {
            throw new EngineException("The model is of the family \"%s\", which LoraHub does not run. It runs %s."
                    .formatted(family, String.join(", ", known())));
        }
        return reader.read(json, tensors);
    }
}
