package io.lorahub.browse.search;

import java.util.List;
import java.util.Map;

/**
 * What the index knows of an adapter that lists show.
 *
 * @param values  of every facet; a facet may have none
 * @param edition grows with each change of the card
 * @param listed  when it was first public, in milliseconds since 1970
 * @param trend   as the database computes it of the last months' downloads and likes
 */
record ListedAdapter(
        int id, Map<Facet, List<String>> values, int edition, long downloads, int likes, long listed, double trend) {

    /** A number that is larger, the further up it stands in this order. Relevance depends on the question, not on this. */
    long key(Sort sort) {
        return switch (sort) {
            case RELEVANCE, NEWEST -> listed;
            case TRENDING -> ordered(trend);
            case DOWNLOADS -> downloads;
            case LIKES -> likes;
        };
    }

    /** A number as a long in the same order (IEEE 754 bits, those of negative numbers turned round). */
    static long ordered(double value) {
        long bits = Double.doubleToLongBits(value);
        return bits < 0 ? bits ^ Long.MAX_VALUE : bits;
    }
}
