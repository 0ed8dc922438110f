package io.lorahub.engine.lora.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.error.JsonFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads a configuration file as a JSON object; faults become findings. */
public final class ConfigFile {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final long MAX_BYTES = 1 << 24;

    private ConfigFile() {}

    public static Optional<JsonNode> read(Path file, Consumer<CheckFinding> findings) {
        String name = file.getFileName().toString();
        if (!Files.isRegularFile(file)) {
            findings.accept(CheckFinding.error(
                    "config-missing", name, "There is no %s.".formatted(name), "Put it beside the weights."));
            return Optional.empty();
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                findings.accept(CheckFinding.error(
                        "config-unreadable",
                        name,
                        "%s has %d bytes.".formatted(name, Files.size(file)),
                        "At most %d are read.".formatted(MAX_BYTES)));
                return Optional.empty();
            }
            JsonNode json = JSON.readTree(Files.readAllBytes(file));
            if (json.isObject()) return Optional.of(json);
            findings.accept(CheckFinding.error(
                    "config-unreadable",
                    name,
                    "%s doesn't contain a JSON object.".formatted(name),
                    "Save or upload it again."));
        } catch (JsonProcessingException e) {
            findings.accept(CheckFinding.error(
                    "config-unreadable",
                    name,
                    "%s isn't valid JSON: %s.".formatted(name, JsonFault.of(e)),
                    "Save or upload it again."));
        } catch (IOException e) {
            findings.accept(CheckFinding.error(
                    "config-unreadable",
                    name,
                    "%s cannot be read: %s.".formatted(name, EngineException.reason(e)),
                    "Check that it is there and readable."));
        }
        return Optional.empty();
    }
}
