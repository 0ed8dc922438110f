package io.lorahub.adapter.publication;

import io.lorahub.account.Publisher;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.card.CardText;
import io.lorahub.adapter.fingerprint.Duplicates;
import io.lorahub.adapter.fingerprint.FingerprintIndex;
import java.util.List;
import java.util.Map;

/**
 * A request to publish a new adapter, or a new version if the publisher already has an adapter of this name.
 *
 * @param publisher to publish under
 * @param name the last part of its address
 * @param visibility of the whole adapter, including its older versions
 * @param label such as {@code 1.1.0}; empty for the one that follows the newest
 * @param notes what is new in this version
 * @param files SHA-256 by file name, of blobs that exist
 * @param near other similar weights, as found by {@link Duplicates#near} before the transaction
 */
public record Publication(
        Publisher publisher,
        String name,
        Card card,
        Visibility visibility,
        String label,
        String notes,
        Map<String, String> files,
        CheckReport checkup,
        Origin origin,
        List<FingerprintIndex.Similar> near) {

    public Publication {
        name = CardText.line(name);
        label = CardText.line(label);
        notes = CardText.block(notes);
        files = Map.copyOf(files);
    }
}
