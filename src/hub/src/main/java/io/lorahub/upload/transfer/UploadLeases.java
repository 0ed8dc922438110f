package io.lorahub.upload.transfer;

import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadLimits;
import io.lorahub.upload.UploadPart;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.Uploads;
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

/**
 * Ensures that only one request at a time sends a file, across all processes. Each step is a transaction of its own.
 */
@ApplicationScoped
public class UploadLeases {

    /** A lease that is not renewed for this long has expired: its process was killed. */
    private static final Duration LEASE = Duration.ofSeconds(90);

    private static final Duration RENEWAL = LEASE.dividedBy(3);

    private static final Logger LOG = Logger.getLogger(UploadLeases.class);

    /** A file in more parts than this was split on purpose. */
    private static final int MAX_PARTS = 1000;

    private final Uploads uploads;
    private final UploadLimits limits;
    private final DatabaseClock clock;
    private final ScheduledExecutorService renewals = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "upload-leases");
        thread.setDaemon(true);
        return thread;
    });

    UploadLeases(Uploads uploads, UploadLimits limits, DatabaseClock clock) {
        this.uploads = uploads;
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * @param announced content length announced by the request; 0 if unknown
     * @return empty if the file is already complete
     * @throws ProblemException if the request cannot be accepted
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
                throw conflict(
                        "%s arrived in too many pieces. Cancel the upload and send it again in larger ones.", name);
            }
            limits.checkDayFor(upload.person, file.size - offset);
            file.receiver = UUID.randomUUID();
            file.receiverUntil = clock.now().plus(LEASE);
            return Optional.of(new UploadLease(uploadId, file.id, name, file.kind, file.receiver, offset, file.size));
        });
    }

    static ProblemException tooLong(String name, long size) {
        return ProblemException.tooLarge("%s was announced with %,d bytes, but more were sent.".formatted(name, size));
    }

    private static ProblemException conflict(String message, String name) {
        return ProblemException.conflict(message.formatted(name));
    }

    /** Whether this request still holds the lease: the upload may have been cancelled. */
    boolean renew(UploadLease lease) {
        return QuarkusTransaction.requiringNew()
                .call(() -> UploadFile.update(
                                "receiverUntil = ?1 where id = ?2 and receiver = ?3",
                                clock.now().plus(LEASE),
                                lease.fileId(),
                                lease.receiver())
                        == 1);
    }

    /** Renews a lease repeatedly during work that does not read the request body. */
    public Renewal keep(UploadLease lease) {
        return keep(lease, RENEWAL);
    }

    public Renewal keep(UploadLease lease, Duration every) {
        ScheduledFuture<?> renewal = renewals.scheduleWithFixedDelay(
                () -> tryToRenew(lease), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
        return () -> renewal.cancel(false);
    }

    private void tryToRenew(UploadLease lease) {
        try {
            renew(lease);
        } catch (RuntimeException e) {
            LOG.warnf(e, "The lease on %s was not renewed; it will be tried again.", lease.fileName());
        }
    }

    @PreDestroy
    void stop() {
        renewals.shutdownNow();
    }

    /** Continues until it is closed. */
    public interface Renewal extends AutoCloseable {
        @Override
        void close();
    }

    /** Records that a part has been received. */
    void record(UploadLease lease, StagedFile staged) {
        QuarkusTransaction.requiringNew().run(() -> {
            UploadFile file = held(lease);
            UploadPart part = new UploadPart();
            part.file = file;
            part.start = lease.offset();
            part.size = staged.size();
            part.objectKey = staged.key();
            part.sha256 = staged.sha256();
            part.crc32 = staged.crc32().orElse(null);
            file.parts.add(part);
            file.upload.updatedAt = clock.now();
            limits.addToDay(file.upload.person, staged.size());
        });
    }

    /**
     * The file of the lease, with the upload locked, in the caller's transaction.
     *
     * @throws ProblemException if this request no longer holds the lease
     */
    UploadFile held(UploadLease lease) {
        return Upload.locked(lease.uploadId())
                .filter(upload -> upload.getState() == UploadState.RECEIVING)
                .flatMap(upload -> upload.file(lease.fileName()))
                .filter(file -> lease.receiver().equals(file.receiver))
                .orElseThrow(() -> conflict("%s is no longer needed; the upload was cancelled.", lease.fileName()));
    }

    void end(UploadLease lease) {
        QuarkusTransaction.requiringNew()
                .run(() -> UploadFile.update(
                        "receiver = null, receiverUntil = null where id = ?1 and receiver = ?2",
                        lease.fileId(),
                        lease.receiver()));
    }
}
