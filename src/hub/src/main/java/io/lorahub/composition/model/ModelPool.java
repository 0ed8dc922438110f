package io.lorahub.composition.model;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LoadedModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Base models that stay loaded between runs. Runs of the same model share one copy, because none changes it. If all
 * models together would exceed the memory limit, the least recently used ones are closed.
 */
public final class ModelPool implements AutoCloseable {

    /**
     * A model that is in use until it is given back.
     *
     * @param key   identifies the model: its name, files and number type
     * @param bytes memory that it takes
     */
    public record Lent(String key, String name, long bytes, LoadedModel model) {}

    private static final class Kept {
        final String name;
        final long bytes;
        final CompletableFuture<LoadedModel> model = new CompletableFuture<>();
        int users;

        Kept(String name, long bytes) {
            this.name = name;
            this.bytes = bytes;
        }
    }

    private final long limit;

    /** Loaded models by key, the least recently used first. */
    private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

    private long used;
    private boolean closed;

    /** @param limit memory for idle models and those in use, in bytes */
    ModelPool(long limit) {
        this.limit = limit;
    }

    /**
     * Returns the model with this key, loading it if necessary. Throws any exception from loading, and EngineException
     * if the model is larger than the limit.
     */
    Lent borrow(String key, String name, long bytes, Supplier<LoadedModel> load) {
        if (bytes > limit) {
            throw new EngineException(
                    "The base model %s takes %,d MB of memory, and the worker has %,d MB for base models and runs."
                            .formatted(name, bytes / 1_000_000, limit / 1_000_000));
        }
        Kept mine;
        boolean first;
        synchronized (this) {
            mine = kept.get(key);
            first = mine == null;
            if (first) {
                makeRoom(bytes);
                used += bytes;
                mine = new Kept(name, bytes);
                kept.put(key, mine);
            }
            mine.users++;
        }
        return new Lent(key, name, bytes, first ? loaded(key, mine, load) : awaited(mine));
    }

    private LoadedModel loaded(String key, Kept mine, Supplier<LoadedModel> load) {
        try {
            LoadedModel model = load.get();
            mine.model.complete(model);
            return model;
        } catch (RuntimeException | Error e) {
            synchronized (this) {
                kept.remove(key, mine);
                used -= mine.bytes;
            }
            mine.model.completeExceptionally(e);
            throw e;
        }
    }

    private static LoadedModel awaited(Kept other) {
        try {
            return other.model.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) throw error;
            throw (RuntimeException) e.getCause();
        }
    }

    synchronized void giveBack(Lent lent) {
        Kept mine = kept.get(lent.key());
        mine.users--;
        if (mine.users == 0 && (closed || used > limit)) discard(lent.key());
    }

    synchronized List<String> names() {
        return kept.values().stream().map(k -> k.name).distinct().sorted().toList();
    }

    private void makeRoom(long bytes) {
        for (String key : idle()) {
            if (used + bytes <= limit) return;
            discard(key);
        }
    }

    private List<String> idle() {
        List<String> idle = new ArrayList<>();
        kept.forEach((key, k) -> {
            if (k.users == 0) idle.add(key);
        });
        return idle;
    }

    private void discard(String key) {
        Kept gone = kept.remove(key);
        used -= gone.bytes;
        gone.model.join().close();
    }

    /** Closes all idle models. */
    synchronized void clear() {
        idle().forEach(this::discard);
    }

    /** Closes the pool. Models in use are closed when they are given back. */
    @Override
    public synchronized void close() {
        closed = true;
        clear();
    }
}
