package io.lorahub.imports.state;

import java.util.Locale;

/** The state of an import. */
public enum ImportState {
    WAITING,
    FETCHING,

    /** All files have arrived and are being checked. */
    CHECKING,

    /** An adapter has become an upload, or a version if that was asked for; a base model is registered. */
    DONE,

    /** All files of an adapter are here as an upload, but it couldn't be published. */
    UNPUBLISHED,

    /** Nothing of an adapter was new, so nothing was published. */
    UNCHANGED,

    FAILED,
    CANCELLED;

    public boolean isOpen() {
        return this == WAITING || this == FETCHING || this == CHECKING;
    }

    /** As in the API. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
