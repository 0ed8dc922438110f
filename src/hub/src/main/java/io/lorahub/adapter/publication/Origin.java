package io.lorahub.adapter.publication;

import java.util.Map;
import java.util.UUID;

/**
 * The origin of a version.
 *
 * @param parts weights by the ids of the versions from which it was composed; empty for trained adapters
 * @param run the composition run that found these weights; null for trained adapters
 */
public record Origin(Map<Long, Double> parts, UUID run) {

    public static final Origin TRAINED = new Origin(Map.of(), null);

    public Origin {
        parts = Map.copyOf(parts);
    }
}
