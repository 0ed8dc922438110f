package io.lorahub.upload;

import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.StagedFile;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** One request at a time sends a file, whichever process it comes to. Each step is a transaction of its own. */
@ApplicationScoped
class UploadLeases {

    /** How long a turn lasts that is not renewed, as its process was killed. */
    private static final Duration LEASE = Duration.ofSeconds(90);

    private static final Duration RENEWAL = LEASE.dividedBy(3);

    private static final Logger LOG = Logger.getLogger(UploadLeases.class);

    /** A file in more pieces was broken on purpose. */
    private static final int MAX_PARTS = 1000;

    private final Uploads uploads;
    private final UploadLimits limits;
    private final DailyVolume days;
    private final DatabaseClock clock;
    private final ScheduledExecutorService renewals = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "turns of uploads");
        thread.setDaemon(true);
        return thread;
    });

    UploadLeases(Uploads uploads, UploadLimits limits, DailyVolume days, DatabaseClock clock) {
        this.uploads = uploads;
        this.limits = limits;
        this.days = days;
        this.clock = clock;
    }

    /**
     * @param announced how many bytes the request says to bring; 0 where it does not say
     * @return empty where all is done already
     * @throws ProblemException where the request cannot be taken
     */
    Optional<UploadLease> begin(UUID uploadId, String name, long offset, long announced) {
        return QuarkusTransaction.requiringNew().call(() -> {
            Upload upload = uploads.ownLocked(uploadId);
            UploadFile file = upload.file(name).orElseThrow(() -> ProblemException.notFound("file"));
            if (file.kind == FileKind.IGNORED) throw conflict("%s is not needed and not stored.", name);
            if (file.offset() != offset) throw new WrongOffsetException(name, offset, file.offset());
            if (announced > file.size - offset) throw tooLong(name, file.size);
            if (file.isWhole()) return Optional.empty();
            if (upload.getState() != UploadState.RECEIVING) throw conflict("The upload of %s has ended.", name);
            if (file.receiverUntil != null && file.receiverUntil.isAfter(clock.now())) {
                throw ProblemException.conflict(
                        "%s is being sent by another request; wait until that ends.".formatted(name),
                        Duration.between(clock.now(), file.receiverUntil));
            }
            if (file.parts.size() >= MAX_PARTS) {
                throw conflict("%s came in too many pieces; cancel and send it anew in larger ones.", name);
            }
            limits.checkDayFor(upload.person, file.size - offset);
            file.receiver = UUID.randomUUID();
            file.receiverUntil = clock.now().plus(LEASE);
            return Optional.of(new UploadLease(uploadId, file.id, name, file.kind, file.receiver, offset, file.size));
        });
    }

    static ProblemException tooLong(String name, long size) {
        return ProblemException.tooLarge("%s was announced with %,d bytes, and more are sent.".formatted(name, size));
    }

    private static ProblemException conflict(String message, String name) {
        return ProblemException.conflict(message.formatted(name));
    }

    /** Whether it is still this request's turn: the upload may have been cancelled. */
    boolean renew(UploadLease turn) {
        return QuarkusTransaction.requiringNew()
                .call(() -> UploadFile.update(
                                "receiverUntil = ?1 where id = ?2 and receiver = ?3",
                                clock.now().plus(LEASE),
                                turn.fileId(),
                                turn.receiver())
                        == 1);
    }

    /** Renews it again and again until the lease is closed, however long its work takes without a byte of a body. */
    Lease keep(UploadLease turn) {
        return keep(turn, RENEWAL);
    }

    Lease keep(UploadLease turn, Duration every) {
        ScheduledFuture<?> renewal = renewals.scheduleWithFixedDelay(
                () -> tryToRenew(turn), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
        return () -> renewal.cancel(false);
    }

    private void tryToRenew(UploadLease turn) {
        try {
            renew(turn);
        } catch (RuntimeException e) {
            LOG.warnf(e, "The turn of %s was not renewed; the next try follows.", turn.fileName());
        }
    }

    @PreDestroy
    void stop() {
        renewals.shutdownNow();
    }

    /** Ends the renewal of a turn. */
    interface Lease extends AutoCloseable {
        @Override
        void close();
    }

    /** Stores that a part has come. */
    void record(UploadLease turn, StagedFile staged) {
        QuarkusTransaction.requiringNew().run(() -> {
            UploadFile file = held(turn);
            UploadPart part = new UploadPart();
            part.file = file;
            part.start = turn.offset();
            part.size = staged.size();
            part.objectKey = staged.key();
            part.sha256 = staged.sha256();
            part.crc32 = staged.crc32().orElse(null);
            file.parts.add(part);
            file.upload.updatedAt = clock.now();
            days.add(file.upload.person, staged.size());
        });
    }

    /**
     * Its file, with the upload locked, in the caller's transaction.
     *
     * @throws ProblemException if it is not this request's turn any more
     */
    UploadFile held(UploadLease turn) {
        return Upload.locked(turn.uploadId())
                .filter(upload -> upload.getState() == UploadState.RECEIVING)
                .flatMap(upload -> upload.file(turn.fileName()))
                .filter(file -> turn.receiver().equals(file.receiver))
                .orElseThrow(() -> conflict("%s is not wanted any more; the upload was cancelled.", turn.fileName()));
    }

    void end(UploadLease turn) {
        QuarkusTransaction.requiringNew()
                .run(() -> UploadFile.update(
                        "receiver = null, receiverUntil = null where id = ?1 and receiver = ?2",
                        turn.fileId(),
                        turn.receiver()));
    }
}
