package io.lorahub.composition.publication;

import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.lineage.PartWeights;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * An adapter made on the hub, as its owner can publish it: the result of a run, or a merge.
 *
 * @param title   of the page that shows it
 * @param page    address of that page
 * @param run     null for a merge
 * @param files   SHA-256 by name
 * @param open    addresses of the candidates that are visible to everyone
 * @param parts   adapters that determine its weights, those that add most to it first
 * @param card    proposed for it
 */
public record PublishableMix(
        String title,
        String page,
        UUID run,
        Map<String, String> files,
        Set<String> open,
        List<MixComponent> parts,
        Card card) {

    /** Address of the form for publishing it. */
    public String form() {
        return run == null ? page + "/publish" : "/runs/%s/publish".formatted(run);
    }

    public MixLicence licence() {
        return MixLicence.of(parts);
    }

    /** The parts to show at once. */
    public List<MixComponent> main() {
        return PartWeights.main(parts, part -> part.weights);
    }

    /** The remaining parts. */
    public List<MixComponent> slight() {
        return PartWeights.slight(parts, part -> part.weights);
    }
}
