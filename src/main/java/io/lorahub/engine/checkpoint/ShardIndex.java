package io.lorahub.engine.checkpoint;

import static io.lorahub.engine.EngineException.quoted;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.lorahub.engine.JsonFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@code weight_map} of a model that is split over several files.
 *
 * @param shards file name of the shard that holds a tensor, by the tensor's name
 */
record ShardIndex(Map<String, String> shards) {

    private static final long MAX_BYTES = 32L << 20;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(16).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static ShardIndex read(Path file) throws IOException, MalformedException {
        if (Files.size(file) > MAX_BYTES) {
            throw new MalformedException("it has more than %d bytes".formatted(MAX_BYTES));
        }
        JsonNode weightMap;
        try {
            weightMap = JSON.readTree(Files.readAllBytes(file)).path("weight_map");
        } catch (JsonProcessingException e) {
            throw new MalformedException("it is not valid JSON (%s)".formatted(JsonFault.of(e)));
        }
        if (!weightMap.isObject() || weightMap.isEmpty()) throw new MalformedException("it has no weight_map");
        Map<String, String> shards = new LinkedHashMap<>();
        for (var entry : weightMap.properties()) {
            shards.put(entry.getKey(), shardName(entry.getKey(), entry.getValue()));
        }
        return new ShardIndex(shards);
    }

    /** A plain file name: an index must not lead out of its folder. */
    private static String shardName(String tensor, JsonNode value) throws MalformedException {
        String name = value.isTextual() ? value.textValue() : "";
        if (!name.matches("[\\w.-]+\\.(safetensors|bin)") || name.startsWith(".")) {
            throw new MalformedException(
                    "its weight_map puts the tensor %s into %s, and a shard is a .safetensors or .bin"
                                    .formatted(
                                            quoted(tensor),
                                            quoted(
                                                    value.isTextual()
                                                            ? name
                                                            : value.getNodeType()
                                                                    .name()))
                            + " file beside the index");
        }
        return name;
    }
}
