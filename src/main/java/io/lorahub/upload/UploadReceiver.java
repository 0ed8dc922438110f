package io.lorahub.upload;

import io.lorahub.storage.ObjectStore;
import io.lorahub.storage.StagedFile;
import io.lorahub.storage.TooLargeException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.InputStream;
import java.util.Optional;
import java.util.UUID;

/**
 * Takes what a request brings of a file. No transaction lasts as long as the body comes. What came before a body breaks
 * off is kept.
 */
@ApplicationScoped
class UploadReceiver {

    private final UploadLeases turns;
    private final ObjectStore store;
    private final UploadCompletion completion;
    private final UploadConfig config;

    UploadReceiver(UploadLeases turns, ObjectStore store, UploadCompletion completion, UploadConfig config) {
        this.turns = turns;
        this.store = store;
        this.completion = completion;
        this.config = config;
    }

    /**
     * @param offset    at which the body goes on
     * @param announced how many bytes the request says to bring; 0 where it does not say
     * @throws io.lorahub.web.ProblemException where the body cannot be taken
     */
    UploadProgress receive(UUID uploadId, String name, long offset, long announced, InputStream body) {
        Optional<UploadLease> begun = turns.begin(uploadId, name, offset, announced);
        if (begun.isEmpty()) return new UploadProgress(offset, offset);
        UploadLease turn = begun.get();
        try {
            long end = turn.missing() == 0 ? offset : offset + take(turn, body);
            if (end == turn.size()) complete(turn);
            return new UploadProgress(end, turn.size());
        } finally {
            turns.end(turn);
        }
    }

    private void complete(UploadLease turn) {
        try (UploadLeases.Lease lease = turns.keep(turn)) {
            completion.complete(turn);
        }
    }

    private long take(UploadLease turn, InputStream body) {
        StagedFile staged = stage(turn, body);
        boolean recorded = false;
        try {
            if (staged.size() > 0) {
                turns.record(turn, staged);
                recorded = true;
            }
            return staged.size();
        } finally {
            if (!recorded) store.delete(staged.key());
        }
    }

    private StagedFile stage(UploadLease turn, InputStream body) {
        try {
            return store.stage(
                    new CancellableBody(body, config.longest(), () -> turns.renew(turn), System::nanoTime),
                    turn.missing());
        } catch (TooLargeException e) {
            throw UploadLeases.tooLong(turn.fileName(), turn.size());
        }
    }
}
