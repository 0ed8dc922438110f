package io.lorahub.upload.transfer;

import io.lorahub.job.PeriodicTasks;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Ensures that only one request at a time sends a file, across all processes. Each step is a transaction of its own.
 *
 * <p>A process renews the leases of its requests every second, so that a killed process or an outage of the database
 * holds up the next request for a few seconds only. A request that was merely silent for that long loses its lease only
 * if another one has taken it, and then can't record anything more.
 */
@ApplicationScoped
class UploadLeases {

    /** A lease that is not renewed for this long has expired: its process was killed, or had no database. */
    private static final Duration LEASE = Duration.ofSeconds(4);

    private static final Duration RENEWAL = LEASE.dividedBy(4);

    /** Skips rows that a transaction of the upload has locked, which renews or ends the lease itself. */
    private static final String RENEW = """
            update upload_file set receiver_until = :until where id in (
              select id from upload_file where id in (:files) and receiver in (:receivers) for update skip locked)""";

    private static final Logger LOG = Logger.getLogger(UploadLeases.class);

    /** A file in more parts than this was split on purpose. */
    private static final int MAX_PARTS = 1000;

    private final Uploads uploads;
    private final UploadLimits limits;
    private final DatabaseClock clock;
    private final Map<UUID, UploadLease> current = new ConcurrentHashMap<>(); // of this process, by receiver
    private final PeriodicTasks renewals = new PeriodicTasks("upload-leases");

    UploadLeases(Uploads uploads, UploadLimits limits, DatabaseClock clock) {
        this.uploads = uploads;
        this.limits = limits;
        this.clock = clock;
        renewals.every(RENEWAL, RENEWAL, this::renew);
    }

    /**
     * @param announced content length announced by the request; 0 if unknown
     * @return empty if the file is already complete
     * @throws ProblemException if the request cannot be accepted
     */
    Optional<UploadLease> begin(UUID uploadId, String name, long offset, long announced) {
        Optional<UploadLease> begun = QuarkusTransaction.requiringNew().call(() -> {
            Upload upload = uploads.ownOfAnyKindLocked(uploadId);
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
            if (upload.isBaseModel()) limits.checkStore(file.size - offset);
            else limits.checkDayFor(upload.person, file.size - offset);
            file.receiver = UUID.randomUUID();
            file.receiverUntil = clock.now().plus(LEASE);
            return Optional.of(new UploadLease(uploadId, file.id, name, file.kind, file.receiver, offset, file.size));
        });
        begun.ifPresent(lease -> current.put(lease.receiver(), lease));
        return begun;
    }

    static ProblemException tooLong(String name, long size) {
        return ProblemException.tooLarge("%s was announced with %,d bytes, but more were sent.".formatted(name, size));
    }

    private static ProblemException conflict(String message, String name) {
        return ProblemException.conflict(message.formatted(name));
    }

    /** Whether the request still holds the lease, as of the last renewal: the upload may have been cancelled. */
    boolean isHeld(UploadLease lease) {
        return current.containsKey(lease.receiver());
    }

    private void renew() {
        List<UploadLease> leases = List.copyOf(current.values());
        if (leases.isEmpty()) return;
        Set<Long> files = leases.stream().map(UploadLease::fileId).collect(Collectors.toSet());
        Set<UUID> receivers = leases.stream().map(UploadLease::receiver).collect(Collectors.toSet());
        List<UUID> held = QuarkusTransaction.requiringNew().call(() -> {
            UploadFile.getEntityManager()
                    .createNativeQuery(RENEW)
                    .setParameter("until", clock.now().plus(LEASE))
                    .setParameter("files", files)
                    .setParameter("receivers", receivers)
                    .executeUpdate();
            return UploadFile.getEntityManager()
                    .createQuery("select receiver from UploadFile where id in ?1 and receiver in ?2", UUID.class)
                    .setParameter(1, files)
                    .setParameter(2, receivers)
                    .getResultList();
        });
        receivers.removeAll(held);
        current.keySet().removeAll(receivers);
    }

    @PreDestroy
    void stop() {
        renewals.close();
    }

    /**
     * Records that a part has been received.
     *
     * @param start of the part in the file, in bytes
     */
    void record(UploadLease lease, long start, StagedFile staged) {
        QuarkusTransaction.requiringNew().run(() -> {
            UploadFile file = held(lease);
            UploadPart part = new UploadPart();
            part.file = file;
            part.start = start;
            part.size = staged.size();
            part.objectKey = staged.key();
            part.sha256 = staged.sha256();
            part.crc32 = staged.crc32().orElse(null);
            part.persist(); // without reading all other parts
            // bytes that arrive are no change of the upload's edition, on which a member's change may be based
            Upload.update("updatedAt = ?1 where id = ?2", clock.now(), lease.uploadId());
            if (!file.upload.isBaseModel()) limits.addToDay(file.upload.person, staged.size());
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

    /** During an outage of the database, the lease is left to expire. */
    void end(UploadLease lease) {
        current.remove(lease.receiver());
        try {
            QuarkusTransaction.requiringNew()
                    .run(() -> UploadFile.update(
                            "receiver = null, receiverUntil = null where id = ?1 and receiver = ?2",
                            lease.fileId(),
                            lease.receiver()));
        } catch (RuntimeException e) {
            LOG.debugf(e, "The lease on %s was not ended and will expire.", lease.fileName());
        }
    }
}
