package io.lorahub.browse.search;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a sorted list: after (or before) an adapter with this key. Unlike a page number, it stays valid when
 * adapters are added or removed.
 *
 * @param position of the adapter in the list when the address was made, from 1; 0 if it isn't known
 */
public record Cursor(Sort sort, long key, int id, int position) {

    private static final int RADIX = 36;

    private static final Pattern TEXT =
            Pattern.compile("([a-z])(-?[0-9a-z]{1,14})\\.([0-9a-z]{1,7})(?:\\.(\\d{1,9}))?");

    /** Opaque form for addresses. */
    String text() {
        return sort.parameter().charAt(0) + Long.toString(key, RADIX) + "." + Integer.toString(id, RADIX)
                + (position > 0 ? "." + position : "");
    }

    static Optional<Cursor> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) return Optional.empty();
        try {
            long key = Long.parseLong(parts.group(2), RADIX);
            int id = Integer.parseInt(parts.group(3), RADIX);
            int position = parts.group(4) == null ? 0 : Integer.parseInt(parts.group(4));
            return Arrays.stream(Sort.values())
                    .filter(sort -> sort.parameter().charAt(0) == text.charAt(0))
                    .findFirst()
                    .map(sort -> new Cursor(sort, key, id, position));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    Cursor at(int other) {
        return new Cursor(sort, key, id, other);
    }

    /** Maps a number to a long with the same order (IEEE 754 bits, inverted for negative numbers). */
    static long ordered(double value) {
        long bits = Double.doubleToLongBits(value);
        return bits < 0 ? bits ^ Long.MAX_VALUE : bits;
    }

    /** The number of which {@link #ordered} makes this key. */
    static double number(long key) {
        return Double.longBitsToDouble(key < 0 ? key ^ Long.MAX_VALUE : key);
    }
}
