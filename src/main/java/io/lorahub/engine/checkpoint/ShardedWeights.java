package io.lorahub.engine.checkpoint;

import static io.lorahub.engine.EngineException.quoted;

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

/** The tensors of several files as one source. */
final class ShardedWeights implements TensorSource {

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
            ShardIndex read = ShardIndex.read(index);
            for (String shard :
                    Set.copyOf(read.shards().values()).stream().sorted().toList()) weights.add(shard);
            weights.check(read);
            opened = true;
            return weights;
        } catch (MalformedException | IOException e) {
            throw CheckpointException.unusable(index, e.getMessage(), e);
        } finally {
            if (!opened) weights.close();
        }
    }

    private void add(String shard) throws MalformedException {
        Path file = index.resolveSibling(shard);
        if (!Files.exists(file)) throw new MalformedException("its shard %s is missing beside it".formatted(shard));
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

    private void check(ShardIndex index) throws MalformedException {
        for (var entry : index.shards().entrySet()) {
            if (!entry.getValue().equals(shardOf.get(entry.getKey()))) {
                throw new MalformedException("the tensor %s should be in the shard %s and is not"
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

    private TensorSource shard(String name) {
        String shard = shardOf.get(name);
        if (shard == null) throw CheckpointException.unusable(index, "it knows no tensor %s".formatted(quoted(name)));
        return shards.get(shard);
    }

    @Override
    public void close() {
        shards.values().forEach(TensorSource::close);
    }
}
