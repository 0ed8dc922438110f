package io.lorahub.upload;

import io.lorahub.engine.names.EnumNames;
import java.util.Set;

/** The state of an upload; {@link #next} lists the transitions. */
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

    boolean canBecome(UploadState next) {
        return next().contains(next);
    }

    /** The states that can follow. */
    Set<UploadState> next() {
        return switch (this) {
            case RECEIVING -> Set.of(CHECKING, FAILED, CANCELLED);
            case CHECKING -> Set.of(PASSED, FAILED, CANCELLED);
            case PASSED -> Set.of(RECEIVING, CHECKING, PUBLISHED, CANCELLED);
            case FAILED -> Set.of(RECEIVING, CHECKING, CANCELLED);
            case PUBLISHED, CANCELLED -> Set.of();
        };
    }
}
