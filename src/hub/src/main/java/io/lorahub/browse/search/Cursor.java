package io.lorahub.browse.search;

import java.util.Arrays;
import java.util.Optional;

/**
 * A place in a sorted list: after (or before) an adapter with this key. Unlike a page number, it stays valid when
 * adapters are added or removed.
 */
public record Cursor(Sort sort, long key, int id) implements Comparable<Cursor> {

    private static final int RADIX = 36;

    /** Opaque form for addresses. */
    String text() {
        return sort.parameter().charAt(0) + Long.toString(key, RADIX) + "." + Integer.toString(id, RADIX);
    }

    static Optional<Cursor> parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 2) return Optional.empty();
        try {
            long key = Long.parseLong(text.substring(1, dot), RADIX);
            int id = Integer.parseInt(text.substring(dot + 1), RADIX);
            return Arrays.stream(Sort.values())
                    .filter(sort -> sort.parameter().charAt(0) == text.charAt(0))
                    .findFirst()
                    .map(sort -> new Cursor(sort, key, id));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Sorts the upper place first. */
    @Override
    public int compareTo(Cursor other) {
        return compare(other.key, other.id);
    }

    /** Negative if this is above the adapter with that key. */
    int compare(long otherKey, int otherId) {
        return key != otherKey ? Long.compare(otherKey, key) : Integer.compare(otherId, id);
    }
}
