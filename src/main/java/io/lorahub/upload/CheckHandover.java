package io.lorahub.upload;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;

/** Passes uploads to the doctor. */
@ApplicationScoped
class CheckHandover {

    private final Event<UploadReceived> received;

    CheckHandover(Event<UploadReceived> received) {
        this.received = received;
    }

    /** If nothing of it is missing, in the caller's transaction. */
    void ifWhole(Upload upload) {
        if (!upload.isWhole()) return;
        upload.waitForChecks();
        long others =
                Upload.count("person = ?1 and state = ?2 and id <> ?3", upload.person, UploadState.CHECKING, upload.id);
        received.fire(new UploadReceived(upload.id, Math.toIntExact(others)));
    }
}
