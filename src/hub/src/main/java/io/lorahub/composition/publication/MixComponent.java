package io.lorahub.composition.publication;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.lineage.PartWeights;

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
        PartWeights weights) {

    static boolean isOpen(Adapter adapter) {
        return adapter.visibility == Visibility.PUBLIC && adapter.state != AdapterState.TAKEN_DOWN;
    }

    static MixComponent of(AdapterVersion version, PartWeights weights, boolean own) {
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
                adapter.state == AdapterState.TAKEN_DOWN,
                isOpen(adapter),
                weights);
    }
}
