package io.lorahub.upload;

import io.lorahub.storage.ObjectStore;
import io.lorahub.storage.Sweep;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import org.jboss.logging.Logger;

/** Takes from the store what uploads held, once the database has forgotten it. Whatever fails is left to the sweep. */
@ApplicationScoped
class FileRelease {

    private static final Logger LOG = Logger.getLogger(FileRelease.class);

    private final Event<ReleasedFiles> later;
    private final ObjectStore store;
    private final Sweep sweep;

    FileRelease(Event<ReleasedFiles> later, ObjectStore store, Sweep sweep) {
        this.later = later;
        this.store = store;
        this.sweep = sweep;
    }

    /** Of the caller's transaction. */
    void afterCommit(ReleasedFiles freed) {
        later.fire(freed);
    }

    void free(@Observes(during = TransactionPhase.AFTER_SUCCESS) ReleasedFiles freed) {
        try {
            freed.objects().forEach(store::delete);
            if (!freed.blobs().isEmpty()) sweep.drop(freed.blobs());
        } catch (RuntimeException e) {
            LOG.warnf(e, "What a dropped upload held could not be removed; the sweep will.");
        }
    }
}
