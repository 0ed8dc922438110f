package io.lorahub.engine.checkpoint;

import io.lorahub.engine.safetensors.FileRegion;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The tensors of a model that was saved without its output layer. Their names lack the prefix that they have in a whole
 * model, for example in the files of GPT-2. transformers adds it while loading.
 */
public final class PrefixedTensors implements TensorSource {

    private final TensorSource source;
    private final String prefix;

    private PrefixedTensors(TensorSource source, String prefix) {
        this.source = source;
        this.prefix = prefix;
    }

    /** Returns the source itself if a name begins with the prefix. */
    public static TensorSource of(TensorSource source, String prefix) {
        boolean whole = prefix.isEmpty() || source.names().stream().anyMatch(name -> name.startsWith(prefix));
        return whole ? source : new PrefixedTensors(source, prefix);
    }

    private String stored(String name) {
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }

    @Override
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        source.names().forEach(name -> names.add(prefix + name));
        return names;
    }

    @Override
    public TensorInfo info(String name) {
        return source.info(stored(name));
    }

    @Override
    public boolean holdsData() {
        return source.holdsData();
    }

    @Override
    public TensorData tensor(String name) {
        return source.tensor(stored(name));
    }

    @Override
    public Stream<Rows> rows(String name, long bytes) {
        return source.rows(stored(name), bytes);
    }

    @Override
    public Optional<FileRegion> region(String name) {
        return source.region(stored(name));
    }

    @Override
    public void release() {
        source.release();
    }

    @Override
    public void close() {
        source.close();
    }
}
