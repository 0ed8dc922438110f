package io.lorahub.browse.search;

import java.util.List;
import java.util.Map;

/**
 * The index entry of a listed adapter.
 *
 * @param values  values of every facet; can be empty for a facet
 * @param edition increases with each change of the card
 * @param listed  when it first became public, in milliseconds since 1970
 * @param trend   computed by the database from the last months' downloads and likes
 */
record ListedAdapter(
        int id, Map<Facet, List<String>> values, int edition, long downloads, int likes, long listed, double trend) {

    /** Sort key: the larger, the further up in this order. Relevance depends on the query and is not covered. */
    long key(Sort sort) {
        return switch (sort) {
            case RELEVANCE, NEWEST -> listed;
            case TRENDING -> ordered(trend);
            case DOWNLOADS -> downloads;
            case LIKES -> likes;
        };
    }

    /** Maps a number to a long with the same order (IEEE 754 bits, inverted for negative numbers). */
    static long ordered(double value) {
        long bits = Double.doubleToLongBits(value);
        return bits < 0 ? bits ^ Long.MAX_VALUE : bits;
    }
}
