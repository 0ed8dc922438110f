package io.lorahub.upload;

import static io.lorahub.upload.UploadState.CANCELLED;
import static io.lorahub.upload.UploadState.CHECKING;
import static io.lorahub.upload.UploadState.FAILED;
import static io.lorahub.upload.UploadState.PASSED;
import static io.lorahub.upload.UploadState.PUBLISHED;
import static io.lorahub.upload.UploadState.RECEIVING;

import java.util.Set;

/** All state transitions that an upload can make. */
final class AllowedChanges {

    private AllowedChanges() {}

    static boolean isAllowed(UploadState from, UploadState to) {
        return after(from).contains(to);
    }

    static Set<UploadState> after(UploadState state) {
        return switch (state) {
            case RECEIVING -> Set.of(CHECKING, FAILED, CANCELLED);
            case CHECKING -> Set.of(PASSED, FAILED, CANCELLED);
            case PASSED -> Set.of(RECEIVING, CHECKING, PUBLISHED, CANCELLED);
            case FAILED -> Set.of(RECEIVING, CHECKING, CANCELLED);
            case PUBLISHED, CANCELLED -> Set.of();
        };
    }
}
