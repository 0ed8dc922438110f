package io.lorahub.upload;

import java.util.Locale;

/** What becomes of a file that is sent. */
public enum FileKind {
    /** Of the adapter. */
    KEPT,
    /** A zip: what is in it takes its place. */
    ARCHIVE,
    /** An adapter does not need it: it is listed, but neither sent nor stored. */
    IGNORED;

    /** As the API writes it, such as {@code kept}. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
