package io.lorahub.imports;

import java.util.Locale;

/** The state of an import. */
public enum ImportState {
    WAITING,
    FETCHING,

    /** All files have arrived; it will be published when they pass the checks. */
    CHECKING,

    /** It has become an upload, or a version if that was asked for. */
    DONE,

    /** All files are here as an upload, but it couldn't be published. */
    UNPUBLISHED,

    /** There was nothing new to fetch. */
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
