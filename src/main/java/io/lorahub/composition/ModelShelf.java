package io.lorahub.composition;

import io.lorahub.engine.learning.LoadedModel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Base models that stay loaded between runs, each lent to one run at a time. The ones that were not used for longest
 * go when all together would take more memory than allowed.
 */
final class ModelShelf implements AutoCloseable {

    /**
     * A model out of the shelf.
     *
     * @param key   what decides the model: its name, files and number type
     * @param bytes of memory that it takes
     */
    record Lent(String key, String name, long bytes, LoadedModel model) {}

    private final long limit;
    private final Deque<Lent> idle = new ArrayDeque<>();
    private long used;
    private boolean closed;

    /** @param limit in bytes, for models that lie idle as well as those in use */
    ModelShelf(long limit) {
        this.limit = limit;
    }

    /** The model of a key, loaded if none is idle. Throws what loading throws. */
    Lent borrow(String key, String name, long bytes, Supplier<LoadedModel> load) {
        synchronized (this) {
            for (Iterator<Lent> i = idle.iterator(); i.hasNext(); ) {
                Lent lent = i.next();
                if (lent.key().equals(key)) {
                    i.remove();
                    return lent;
                }
            }
            while (used + bytes > limit && !idle.isEmpty()) discard(idle.removeFirst());
            used += bytes;
        }
        try {
            return new Lent(key, name, bytes, load.get());
        } catch (RuntimeException e) {
            synchronized (this) {
                used -= bytes;
            }
            throw e;
        }
    }

    synchronized void giveBack(Lent lent) {
        if (closed || used > limit) {
            discard(lent);
        } else {
            idle.addLast(lent);
        }
    }

    /** The names of those that a run could have at once. */
    synchronized List<String> names() {
        return idle.stream().map(Lent::name).distinct().sorted().toList();
    }

    private void discard(Lent lent) {
        used -= lent.bytes();
        lent.model().close();
    }

    /** Frees the memory of all that is not in use. */
    synchronized void clear() {
        while (!idle.isEmpty()) discard(idle.removeFirst());
    }

    /** Those in use are freed when they come back. */
    @Override
    public synchronized void close() {
        closed = true;
        clear();
    }
}
