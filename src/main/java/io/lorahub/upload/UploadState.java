package io.lorahub.upload;

import java.util.Locale;

/** Where an upload stands; {@link AllowedChanges} says what may follow. */
public enum UploadState {
    /** Something of its files is still to come. */
    RECEIVING,
    /** The doctor looks at it, or will. */
    CHECKING,
    /** Can be published. */
    PASSED,
    /** Has faults; files can be sent anew. */
    FAILED,
    PUBLISHED,
    CANCELLED;

    /** As the API writes it, such as {@code passed}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether something can still become of it. */
    public boolean isOpen() {
        return this != PUBLISHED && this != CANCELLED;
    }
}
