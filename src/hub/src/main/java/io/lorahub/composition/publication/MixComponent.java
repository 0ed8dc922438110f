package io.lorahub.composition.publication;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.lineage.PartWeights;

/** An adapter in a mix. */
public final class MixComponent {

    /** Id of the version that the run used. */
    public final long version;

    /** Address of the adapter. */
    public final String address;

    public final String name;
    public final String label;

    /** Name of the publisher. */
    public final String publisher;

    /** Licence on its card. */
    public final String licence;

    /** Whether its licence or its author allows others to publish compositions. */
    public final boolean allowed;

    /** Whether the viewer may publish under the same name, and so decides on its licence. */
    public final boolean own;

    /** Whether moderation has taken it down. */
    public final boolean takenDown;

    /** Whether it is visible to everyone, and so can be named to everyone. */
    public final boolean open;

    public final PartWeights weights;

    MixComponent(AdapterVersion version, PartWeights weights, boolean own) {
        Adapter adapter = version.adapter;
        this.version = version.id;
        address = adapter.address();
        name = adapter.name;
        label = version.label;
        publisher = adapter.publisher.name;
        licence = adapter.licence;
        allowed = adapter.derivatives;
        this.own = own;
        takenDown = adapter.isTakenDown();
        open = adapter.isListed();
        this.weights = weights;
    }
}
