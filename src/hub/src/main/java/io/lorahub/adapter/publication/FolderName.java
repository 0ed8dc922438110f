package io.lorahub.adapter.publication;

import java.util.Locale;
import java.util.Optional;

/** Converts the name of a folder or zip to the name of an adapter. */
public final class FolderName {

    private FolderName() {}

    /** The part of the folder's name that the rules for names allow; empty if nothing remains. */
    public static Optional<String> asName(String folder) {
        String name = folder.toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9._-]+", "-")
                .replaceAll("[-._]*([-._])", "$1")
                .replaceAll("^[-._]+", "");
        String cut = name.substring(0, Math.min(PublishingRules.LONGEST_NAME, name.length()))
                .replaceAll("[-._]+$", "");
        return cut.isEmpty() ? Optional.empty() : Optional.of(cut);
    }
}
