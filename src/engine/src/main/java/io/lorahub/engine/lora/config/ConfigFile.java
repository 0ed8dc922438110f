package io.lorahub.engine.lora.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
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

    private static final long MAX_BYTES = 1 << 24;

    /** A tree of so many takes about 10 MB. Lists of 20,000 modules with a rank and an alpha for each have 100,000. */
    private static final int MAX_TOKENS = 150_000;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxTokenCount(MAX_TOKENS)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ConfigFile() {}

    /** A parser that reads no more values than {@link #read} does. */
    public static JsonParser parser(byte[] json) throws IOException {
        return JSON.createParser(json);
    }

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
        } catch (StreamConstraintsException e) {
            findings.accept(CheckFinding.error(
                    "config-unreadable",
                    name,
                    "%s is too large or too deeply nested: %s.".formatted(name, JsonFault.of(e)),
                    "Save it again with PEFT's save_pretrained."));
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
