package io.lorahub.composition.publication;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import java.util.Map;

/**
 * An adapter in a mix.
 *
 * @param version   id of the version that the run used
 * @param address   address of the adapter
 * @param publisher name of the publisher
 * @param licence   licence on its card
 * @param allowed   whether its licence or its author allows others to publish compositions
 * @param own       whether the viewer may publish under the same name, and so decides on its licence
 * @param takenDown whether moderation has taken it down
 * @param weight    with layer groups, the weight that is farthest from 0
 * @param groups    weights by layer group; empty without groups
 * @param open      whether it is visible to everyone, and so can be named to everyone
 */
public record MixComponent(
        long version,
        String address,
        String name,
        String label,
        String publisher,
        String licence,
        boolean allowed,
        boolean own,
        boolean takenDown,
        boolean open,
        double weight,
        Map<String, Double> groups) {

    static MixComponent of(AdapterVersion version, double weight, Map<String, Double> groups, boolean own) {
        Adapter adapter = version.adapter;
        return new MixComponent(
                version.id,
                adapter.address(),
                adapter.name,
                version.label,
                adapter.publisher.name,
                adapter.licence,
                adapter.derivatives,
                own,
                adapter.isTakenDown(),
                adapter.isListed(),
                weight,
                groups);
    }
}
