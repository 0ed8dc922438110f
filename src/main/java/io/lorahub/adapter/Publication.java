package io.lorahub.adapter;

import io.lorahub.account.Publisher;
import java.util.List;
import java.util.Map;

/**
 * What is to be published: a new adapter, or a new version where the publisher has one of this name.
 *
 * @param publisher  under whose name it will stand
 * @param name       the last part of its address
 * @param visibility of the whole adapter, also of its older versions
 * @param label      such as {@code 1.1.0}; empty for the one that follows the newest
 * @param notes      what is new in this version
 * @param files      SHA-256 by file name, of blobs that are there
 * @param near       other weights that are like these, as {@link Duplicates#near} found them before the transaction
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
