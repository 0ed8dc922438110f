package io.lorahub.engine.checkpoint;

import static io.lorahub.engine.error.EngineException.quoted;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.lorahub.engine.error.JsonFault;
import io.lorahub.engine.safetensors.FileRegion;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Combines the tensors of several files into one source. */
final class ShardedWeights implements TensorSource {

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

    private final Path index;
    private final Map<String, TensorSource> shards = new LinkedHashMap<>();
    private final Map<String, String> shardOf = new LinkedHashMap<>();

    private ShardedWeights(Path index) {
        this.index = index;
    }

    static ShardedWeights open(Path index) {
        ShardedWeights weights = new ShardedWeights(index);
        boolean opened = false;
        try {
            Map<String, String> read = shards(index);
            for (String shard : Set.copyOf(read.values()).stream().sorted().toList()) weights.add(shard);
            weights.check(read);
            opened = true;
            return weights;
        } catch (MalformedException | IOException e) {
            throw CheckpointException.unusable(index, e.getMessage(), e);
        } finally {
            if (!opened) weights.close();
        }
    }

    /** Reads the {@code weight_map}, which maps tensor names to shard file names. */
    private static Map<String, String> shards(Path file) throws IOException, MalformedException {
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
        return shards;
    }

    /** Requires a plain file name: an index must not refer to files outside its folder. */
    private static String shardName(String tensor, JsonNode value) throws MalformedException {
        String name = value.isTextual() ? value.textValue() : "";
        if (!name.matches("[\\w.-]+\\.(safetensors|bin)") || name.startsWith(".")) {
            throw new MalformedException(
                    "its weight_map puts the tensor %s into %s; a shard must be a .safetensors or .bin"
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

    private void add(String shard) throws MalformedException {
        Path file = index.resolveSibling(shard);
        if (!Files.exists(file))
            throw new MalformedException(
                    "its shard %s is missing; add the file, or copy the model again".formatted(shard));
        TensorSource source = WeightsFile.open(file);
        shards.put(shard, source);
        for (String name : source.names()) {
            String other = shardOf.putIfAbsent(name, shard);
            if (other != null) {
                throw new MalformedException(
                        "the tensor %s is in two shards, %s and %s".formatted(quoted(name), other, shard));
            }
        }
    }

    private void check(Map<String, String> read) throws MalformedException {
        for (var entry : read.entrySet()) {
            if (!entry.getValue().equals(shardOf.get(entry.getKey()))) {
                throw new MalformedException("the tensor %s should be in the shard %s but isn't"
                        .formatted(quoted(entry.getKey()), entry.getValue()));
            }
        }
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(shardOf.keySet());
    }

    @Override
    public TensorInfo info(String name) {
        return shard(name).info(name);
    }

    @Override
    public Optional<FileRegion> region(String name) {
        return shard(name).region(name);
    }

    @Override
    public TensorData tensor(String name) {
        return shard(name).tensor(name);
    }

    @Override
    public Stream<Rows> rows(String name, long bytes) {
        return shard(name).rows(name, bytes);
    }

    private TensorSource shard(String name) {
        String shard = shardOf.get(name);
        if (shard == null) throw CheckpointException.unusable(index, "it has no tensor %s".formatted(quoted(name)));
        return shards.get(shard);
    }

    @Override
    public void release() {
        shards.values().forEach(TensorSource::release);
    }

    @Override
    public void close() {
        shards.values().forEach(TensorSource::close);
    }
}
