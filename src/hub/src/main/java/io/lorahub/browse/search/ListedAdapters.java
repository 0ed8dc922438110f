package io.lorahub.browse.search;

import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/** All listed adapters in memory, for many concurrent readers. {@link ListingWatch} keeps them up to date. */
@Singleton
class ListedAdapters {

    /** A reader's view, valid only while it reads. */
    final class Reading {

        FacetIndex facets() {
            return facets;
        }

        /**
         * Equals {@link ListedAdapter#key}; stored in one array, because a list of all adapters needs the key of each.
         */
        long key(Sort sort, int id) {
            return keys[sort.ordinal()][id];
        }

        boolean isListed(int id) {
            return id >= 0 && id < byId.length && byId[id] != null;
        }

        /** Increases when a card is changed, added or removed, but not when a download is counted. */
        long textVersion() {
            return textVersion;
        }
    }

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Reading reading = new Reading();
    private FacetIndex facets = new FacetIndex();

    /** Indexed by adapter id, because every list iterates over all of them. */
    private ListedAdapter[] byId = new ListedAdapter[1024];

    /** Indexed by the ordinal of the order, then by id. */
    private final long[][] keys = new long[Sort.values().length][byId.length];

    private long textVersion;

    <T> T read(Function<Reading, T> reader) {
        lock.readLock().lock();
        try {
            return reader.apply(reading);
        } finally {
            lock.readLock().unlock();
        }
    }

    void replace(Collection<ListedAdapter> all) {
        write(() -> {
            facets = new FacetIndex();
            Arrays.fill(byId, null);
            textVersion++;
            all.forEach(this::put);
        });
    }

    /** Applies changes and removes ids that are no longer listed. */
    void update(Collection<ListedAdapter> changed, Collection<Integer> gone) {
        if (changed.isEmpty() && gone.isEmpty()) return;
        write(() -> {
            changed.forEach(this::put);
            gone.forEach(this::remove);
        });
    }

    private void write(Runnable change) {
        lock.writeLock().lock();
        try {
            change.run();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void put(ListedAdapter adapter) {
        if (adapter.id() >= byId.length) grow(Math.max(adapter.id() + 1, byId.length * 3 / 2));
        ListedAdapter old = byId[adapter.id()];
        byId[adapter.id()] = adapter;
        for (Sort sort : Sort.values()) keys[sort.ordinal()][adapter.id()] = adapter.key(sort);
        if (old == null || old.edition() != adapter.edition()) textVersion++;
        if (old != null && old.values().equals(adapter.values())) return;
        if (old != null) facets.remove(old.id(), old.values());
        facets.add(adapter.id(), adapter.values());
    }

    private void grow(int length) {
        byId = Arrays.copyOf(byId, length);
        for (int sort = 0; sort < keys.length; sort++) keys[sort] = Arrays.copyOf(keys[sort], length);
    }

    private void remove(int id) {
        ListedAdapter old = id < byId.length ? byId[id] : null;
        if (old == null) return;
        byId[id] = null;
        textVersion++;
        facets.remove(id, old.values());
    }
}
