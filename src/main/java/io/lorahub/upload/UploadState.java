package io.lorahub.upload;

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

    /** Whether something can still become of it. */
    public boolean isOpen() {
        return this != PUBLISHED && this != CANCELLED;
    }
}
