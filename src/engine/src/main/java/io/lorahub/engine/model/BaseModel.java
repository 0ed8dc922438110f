package io.lorahub.engine.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.checkpoint.ModelFolder;
import io.lorahub.engine.checkpoint.PrefixedTensors;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.error.JsonFault;
import io.lorahub.engine.model.family.GenerationSettings;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.model.family.ModelFamilies;
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * A model's folder in Hugging Face layout, checked against its configuration. The weights stay in their mapped files.
 */
public record BaseModel(Path folder, ModelConfig config, GenerationSettings generation, TensorSource weights)
        implements AutoCloseable {

    private static final ObjectMapper STRICT =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /**
     * Throws EngineException if a file is missing, the family is unknown, or a tensor is missing or has another shape.
     */
    public static BaseModel open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new EngineException(
                    "There is no folder %s; a base model is a folder with config.json and weights.".formatted(folder));
        }
        ObjectNode json = json(folder.resolve("config.json"));
        ModelConfig config = ModelFamilies.of(json);
        GenerationSettings generation = GenerationSettings.of(config, json, generation(folder));
        TensorSource weights = ModelFolder.open(folder);
        try {
            config = ModelFamilies.of(json, weights.names());
            weights = PrefixedTensors.of(weights, config.prefix());
            check(config, weights, folder);
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
        return new BaseModel(folder, config, generation, weights);
    }

    /**
     * Reads only config.json. Throws EngineException if it is missing or the family is unknown.
     */
    public static ModelConfig config(Path folder) {
        return ModelFamilies.of(json(folder.resolve("config.json")));
    }

    private static JsonNode generation(Path folder) {
        Path file = folder.resolve("generation_config.json");
        return Files.isRegularFile(file) ? json(file) : MissingNode.getInstance();
    }

    private static ObjectNode json(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new EngineException(
                    "There is no %s in %s; it describes the model.".formatted(file.getFileName(), file.getParent()));
        }
        try {
            if (STRICT.readTree(file.toFile()) instanceof ObjectNode object) return object;
            throw new EngineException("The file %s doesn't contain a JSON object.".formatted(file));
        } catch (JsonProcessingException e) {
            throw new EngineException("The file %s isn't valid JSON: %s.".formatted(file, JsonFault.of(e)), e);
        } catch (IOException e) {
            throw new EngineException(
                    "The file %s could not be read: %s.".formatted(file, EngineException.reason(e)), e);
        }
    }

    private static void check(ModelConfig config, TensorSource weights, Path folder) {
        for (Map.Entry<String, long[]> expected : config.shapes().entrySet()) {
            if (!weights.names().contains(expected.getKey())) {
                throw new EngineException("The model in %s has no tensor %s, but its config.json calls for it."
                        .formatted(folder, expected.getKey()));
            }
            TensorInfo info = weights.info(expected.getKey());
            if (!Arrays.equals(info.shape(), expected.getValue())) {
                throw new EngineException("The tensor %s in %s has the shape %s, but config.json calls for %s."
                        .formatted(
                                expected.getKey(),
                                folder,
                                Arrays.toString(info.shape()),
                                Arrays.toString(expected.getValue())));
            }
            if (!info.dtype().isFloat()) {
                throw new EngineException("The tensor %s in %s is of the type %s; F32, F16 and BF16 can be run."
                        .formatted(expected.getKey(), folder, info.dtype()));
            }
        }
    }

    @Override
    public void close() {
        weights.close();
    }
}
