package io.lorahub.adapter;

import java.util.Map;
import java.util.UUID;

/**
 * Where a version comes from.
 *
 * @param parts weights by the id of the version of which it was composed; empty for what was trained
 * @param run   of the composition that found these weights; null for what was trained
 */
public record Origin(Map<Long, Double> parts, UUID run) {

    public static final Origin TRAINED = new Origin(Map.of(), null);

    public Origin {
        parts = Map.copyOf(parts);
    }
}
