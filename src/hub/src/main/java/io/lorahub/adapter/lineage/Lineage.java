package io.lorahub.adapter.lineage;

import java.util.List;
import java.util.UUID;

/**
 * The parts of a version, and the compositions made of its adapter.
 *
 * @param parts direct ones, those that add most to it first
 * @param run that found their weights; null if there was none or the viewer must not see it
 * @param made the newest first, limited to those that the viewer can find
 * @param moreMade whether there are more of these
 * @param takenDown whether a direct or indirect part has been taken down
 */
public record Lineage(List<Relation> parts, Run run, List<Relation> made, boolean moreMade, boolean takenDown) {

    /**
     * @param address such as {@code lab-a/un}; null if the viewer cannot find the adapter
     * @param label of the other version
     * @param weights of the part in the composition, whichever of them the other is
     * @param own label of this adapter's version that became a part; null for parts
     */
    public record Relation(
            String address, String label, String title, PartWeights weights, String own, boolean takenDown) {}

    public record Run(UUID id, String title) {}

    public boolean isEmpty() {
        return parts.isEmpty() && made.isEmpty();
    }

    public boolean isComposed() {
        return !parts.isEmpty();
    }

    public List<Relation> mainParts() {
        return PartWeights.main(parts, Relation::weights);
    }

    public List<Relation> slightParts() {
        return PartWeights.slight(parts, Relation::weights);
    }

    /** Compositions of which the adapter is more than a slight part. */
    public List<Relation> mainMade() {
        return PartWeights.main(made, Relation::weights);
    }

    public List<Relation> slightMade() {
        return PartWeights.slight(made, Relation::weights);
    }
}
