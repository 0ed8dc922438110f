package io.lorahub.adapter;

import java.util.List;
import java.util.UUID;

/**
 * Of what a version was composed, and what was composed of its adapter.
 *
 * @param parts     direct ones, the heaviest first
 * @param run       that found their weights; null if there was none or the viewer may not see it
 * @param made      the newest first, as far as the viewer finds them
 * @param moreMade  whether there are more than that
 * @param takenDown whether something of which it was composed, directly or through others, was taken down
 */
public record Lineage(List<Relation> parts, Run run, List<Relation> made, boolean moreMade, boolean takenDown) {

    /**
     * @param address such as {@code lab-a/un}; null for what the viewer may not find
     * @param label   of the other version
     * @param own     label of this adapter's version which became a part; null for parts
     */
    public record Relation(String address, String label, String title, double weight, String own, boolean takenDown) {}

    public record Run(UUID id, String title) {}

    public boolean isEmpty() {
        return parts.isEmpty() && made.isEmpty();
    }

    public boolean isComposed() {
        return !parts.isEmpty();
    }
}
