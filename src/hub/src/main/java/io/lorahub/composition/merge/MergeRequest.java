package io.lorahub.composition.merge;

import java.util.List;

/**
 * A merge as requested by the form or the API; null for what is left out.
 *
 * @param adapters addresses, with or without a version
 * @param weights  one for each adapter; null for one that couldn't be read
 */
record MergeRequest(
        List<String> adapters,
        List<Double> weights,
        String method,
        Double density,
        String majoritySignMethod,
        Long seed,
        Integer rank) {}
