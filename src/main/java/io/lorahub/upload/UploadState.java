package io.lorahub.upload;

import io.lorahub.engine.names.EnumNames;

/** The state of an upload; {@link AllowedChanges} lists the transitions. */
public enum UploadState {
    /** Some of its files are incomplete. */
    RECEIVING,
    /** It is being checked, or will be. */
    CHECKING,
    /** It can be published. */
    PASSED,
    /** It has faults; files can be sent again. */
    FAILED,
    PUBLISHED,
    CANCELLED;

    /** The state as used in the API, such as {@code passed}. */
    public String word() {
        return EnumNames.of(this);
    }

    /** Whether it can still be published. */
    public boolean isOpen() {
        return this != PUBLISHED && this != CANCELLED;
    }
}
