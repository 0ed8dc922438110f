package io.lorahub.huggingface.writing;

import io.lorahub.database.ChangeEvents;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadState;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.UUID;

/** Waits for the checks of uploads, without holding a thread. */
@ApplicationScoped
class CheckWaits {

    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** How often to look without a notification, which can get lost. */
    private static final Duration POLL = Duration.ofSeconds(30);

    private final ChangeEvents events;

    CheckWaits(ChangeEvents events) {
        this.events = events;
    }

    /**
     * Ends on a worker thread when the checks of an upload have ended, however they did.
     *
     * @param left ends when nobody waits any more; the wait then fails with a {@link ClientLeftException}
     */
    Uni<Void> checked(UUID upload, Uni<Void> left) {
        Uni<Boolean> checking = Uni.combine()
                .any()
                .of(
                        change(upload).ifNoItem().after(POLL).recoverWithItem(() -> null),
                        left.onItem().failWith(ClientLeftException::new))
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(changed -> isChecking(upload));
        return checking.repeat()
                .whilst(still -> still)
                .collect()
                .last()
                .replaceWithVoid()
                .ifNoItem()
                .after(LONGEST)
                .failWith(() -> ProblemException.unavailable(
                        "The checks take too long; try again later.", Duration.ofMinutes(5)))
                .emitOn(Infrastructure.getDefaultWorkerPool());
    }

    /** The next change; an item at once if there are no checks, because they may have ended before the watch began. */
    private Uni<Void> change(UUID upload) {
        return Uni.createFrom().emitter(next -> {
            AutoCloseable watch = events.watch(upload, () -> next.complete(null));
            next.onTermination(() -> ChangeEvents.end(watch));
            if (!isChecking(upload)) next.complete(null);
        });
    }

    private static boolean isChecking(UUID upload) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Upload.count("id = ?1 and state = ?2", upload, UploadState.CHECKING) > 0);
    }

    /** The client closed the connection before its commit was made. Nobody gets an answer. */
    private static final class ClientLeftException extends RuntimeException {

        private static final long serialVersionUID = 1;

        ClientLeftException() {
            super("The client left before its commit was made.", null, false, false);
        }
    }
}
