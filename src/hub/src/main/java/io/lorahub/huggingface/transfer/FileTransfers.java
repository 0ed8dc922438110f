package io.lorahub.huggingface.transfer;

import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.ModeratedEntity;
import io.lorahub.adapter.OpenTransfers;
import io.lorahub.adapter.Repository;
import io.lorahub.huggingface.HubErrors;
import io.lorahub.huggingface.HubRepository;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.TooLargeException;
import io.lorahub.storage.upkeep.Sweep;
import io.lorahub.storage.upkeep.SweepBegins;
import io.lorahub.upload.UploadConfig;
import io.lorahub.upload.UploadLimits;
import io.lorahub.web.BodyStream;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Receives files and pieces of files, and keeps them until a commit names them or a day has passed. No transaction is
 * open while a body arrives.
 */
@ApplicationScoped
public class FileTransfers {

    /** How long a file can stay in staging. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final int MOST_OPEN = 10_000;

    private final ObjectStore store;
    private final Blobs blobs;
    private final Sweep sweep;
    private final UploadLimits limits;
    private final UploadConfig config;
    private final EntityManager database;
    private final Viewer viewer;
    private final OpenTransfers underWay;
    private final DatabaseClock clock;

    FileTransfers(
            ObjectStore store,
            Blobs blobs,
            Sweep sweep,
            UploadLimits limits,
            UploadConfig config,
            EntityManager database,
            Viewer viewer,
            OpenTransfers underWay,
            DatabaseClock clock) {
        this.store = store;
        this.blobs = blobs;
        this.sweep = sweep;
        this.limits = limits;
        this.config = config;
        this.database = database;
        this.viewer = viewer;
        this.underWay = underWay;
        this.clock = clock;
    }

    /**
     * A transfer that is open.
     *
     * @param sha256 of the file; null for pieces of several files
     * @param size of the file in bytes; 0 for pieces of several files
     */
    record Open(UUID id, Long repositoryId, Long personId, String sha256, long size) {}

    /**
     * Opens transfers for files, all or none.
     *
     * @param files sizes in bytes, by SHA-256
     * @return the transfers by SHA-256
     */
    Map<String, UUID> open(HubRepository repository, Map<String, Long> files) {
        files.forEach((sha256, size) -> {
            long most = config.fileSize().asLongValue();
            if (size > most) {
                throw ProblemException.tooLarge(
                        "The file %s… has %,d bytes; the limit is %,d.".formatted(sha256.substring(0, 8), size, most));
            }
        });
        return QuarkusTransaction.requiringNew().call(() -> {
            Person person = Person.findById(viewer.require().id);
            limits.checkDayFor(
                    person, files.values().stream().mapToLong(Long::longValue).sum());
            requireFewOpen(person, files.size());
            Map<String, UUID> ids = new HashMap<>();
            files.forEach((sha256, size) -> ids.put(sha256, open(repository, person, sha256, size)));
            return ids;
        });
    }

    /** Opens a transfer for the pieces of several files. */
    UUID openForPieces(HubRepository repository) {
        return QuarkusTransaction.requiringNew().call(() -> {
            Person person = Person.findById(viewer.require().id);
            limits.checkDayFor(person, 0);
            requireFewOpen(person, 1);
            return open(repository, person, null, null);
        });
    }

    private UUID open(HubRepository repository, Person person, String sha256, Long size) {
        Transfer transfer = new Transfer();
        transfer.createdAt = clock.now();
        transfer.repository = Repository.findById(repository.stored().orElseThrow());
        transfer.person = person;
        transfer.sha256 = sha256;
        transfer.size = size;
        transfer.persist();
        return transfer.id;
    }

    private void requireFewOpen(Person person, int more) {
        if (Transfer.count("person = ?1 and createdAt > ?2", person, clock.now().minus(LONGEST)) + more > MOST_OPEN) {
            throw ProblemException.tooMany(
                    "You have announced more than %,d files today; send fewer.".formatted(MOST_OPEN),
                    Duration.ofHours(1));
        }
    }

    /** @throws ProblemException if there is no such transfer, it is too old, or it is no longer allowed */
    Open find(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> {
            Open open = Transfer.<Transfer>findByIdOptional(id)
                    .filter(transfer -> transfer.createdAt.isAfter(clock.now().minus(LONGEST)))
                    .map(transfer -> new Open(
                            transfer.id,
                            transfer.repository.id,
                            transfer.person.id,
                            transfer.sha256,
                            transfer.size == null ? 0 : transfer.size))
                    .orElseThrow(() -> ProblemException.notFound("transfer"));
            requireAllowed(open);
            return open;
        });
    }

    /**
     * Call this in a transaction, before a transfer begins and again when it ends.
     *
     * @throws ProblemException if the repository was taken down or deleted, or the sender banned
     */
    static void requireAllowed(Open transfer) {
        Repository repository = Repository.findById(transfer.repositoryId());
        if (repository == null) throw ProblemException.notFound("transfer");
        if (!takesFiles(repository.moderated())) throw HubErrors.takenDown(repository.address());
        if (person(transfer).isBanned()) throw ProblemException.forbidden("Your account is banned.");
    }

    private static boolean takesFiles(ModeratedEntity moderated) {
        return !moderated.isTakenDown();
    }

    /** @throws ProblemException if the transfer is not one that the viewer opened for pieces */
    Open ownForPieces(UUID id) {
        Open transfer = find(id);
        if (transfer.sha256() != null || !transfer.personId().equals(viewer.require().id)) {
            throw ProblemException.notFound("transfer");
        }
        return transfer;
    }

    /** Whether the repository has a content, in a commit or received for one. A damaged one is received again. */
    boolean has(Long repositoryId, String sha256, long size) {
        if (!SHA256.matcher(sha256).matches()) return false;
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) database.createNativeQuery(
                                                "select count(*) from repository_blob r join blob b using (sha256)"
                                                        + " where r.repository_id = ?1 and r.sha256 = ?2 and b.size = ?3"
                                                        + " and b.unusable_since is null")
                                        .setParameter(1, repositoryId)
                                        .setParameter(2, sha256)
                                        .setParameter(3, size)
                                        .getSingleResult())
                                .intValue()
                        > 0);
    }

    /**
     * Receives the whole file of a transfer.
     *
     * @throws ProblemException if it is not the file that was announced; nothing is kept then
     */
    void receive(Open transfer, InputStream body) {
        QuarkusTransaction.requiringNew().run(() -> limits.checkDayFor(person(transfer), transfer.size()));
        StagedFile staged = stage(transfer, body, transfer.size());
        count(transfer, staged.size());
        storeForCommit(transfer, staged, transfer.sha256());
    }

    /** @throws ProblemException if the content is larger, or its sender stopped; nothing is kept then */
    StagedFile stage(Open transfer, InputStream body, long most) {
        QuarkusTransaction.requiringNew().run(() -> limits.checkDayFor(person(transfer), 0));
        StagedFile staged;
        Runnable ended = underWay.begin(
                new OpenTransfers.Right(transfer.repositoryId(), transfer.personId(), FileTransfers::takesFiles),
                () -> breakOff(body));
        try {
            staged = store.stage(body, most);
        } catch (TooLargeException e) {
            throw ProblemException.tooLarge("More was sent than announced: %s".formatted(e.getMessage()));
        } finally {
            ended.run();
        }
        if (staged.complete() && staged.size() > 0) return staged;
        store.delete(staged.key());
        QuarkusTransaction.requiringNew().run(() -> requireAllowed(transfer));
        throw ProblemException.badRequest("Only %,d bytes arrived; send it again.".formatted(staged.size()));
    }

    /** Files that are put together here are refused when they are complete. */
    private static void breakOff(InputStream body) {
        if (body instanceof BodyStream sent) sent.breakOff("The transfer is no longer allowed.");
    }

    /** Counts bytes that were sent, or that a few sent ones are made into. */
    void count(Open transfer, long bytes) {
        QuarkusTransaction.requiringNew().run(() -> limits.addToDay(person(transfer), bytes));
    }

    static Person person(Open transfer) {
        return Person.findById(transfer.personId());
    }

    /**
     * Keeps a file for a commit.
     *
     * @param sha256 that it must have; null if that is not known
     * @throws ProblemException if it has another; nothing is kept then
     */
    private void storeForCommit(Open transfer, StagedFile staged, String sha256) {
        boolean done = false;
        try {
            if (sha256 != null && !staged.sha256().equals(sha256)
                    || transfer.sha256() != null && staged.size() != transfer.size()) {
                throw ProblemException.invalid(
                        "files",
                        "The SHA-256 of the %,d bytes is %s, but %s was announced."
                                .formatted(staged.size(), staged.sha256(), sha256));
            }
            try (HeldBlobs held = blobs.publish(List.of(staged))) {
                QuarkusTransaction.requiringNew().run(() -> refer(transfer, staged));
            }
            done = true;
        } finally {
            if (!done) {
                store.delete(staged.key());
                sweep.drop(Set.of(staged.sha256()));
            }
        }
    }

    private void refer(Open transfer, StagedFile staged) {
        requireAllowed(transfer);
        limits.lock(person(transfer));
        limits.checkStoredFor(person(transfer), staged.size() - bytesOfPieces(transfer));
        database.createNativeQuery("insert into repository_blob (repository_id, sha256, person_id, received_at)"
                        + " values (?1, ?2, ?3, now()) on conflict (repository_id, sha256) do update"
                        + " set received_at = case when repository_blob.received_at is null then null else now() end")
                .setParameter(1, transfer.repositoryId())
                .setParameter(2, staged.sha256())
                .setParameter(3, transfer.personId())
                .executeUpdate();
    }

    /** Bytes that are stored for the transfer until it ends. */
    private long bytesOfPieces(Open transfer) {
        return ((Number) database.createNativeQuery(
                                "select coalesce(sum(size), 0) from repository_transfer_part where transfer_id = ?1")
                        .setParameter(1, transfer.id())
                        .getSingleResult())
                .longValue();
    }

    /**
     * Joins pieces into a file.
     *
     * @param content of the file, read from its pieces
     * @param sha256 that it must have; null if that is not known
     * @param size in bytes
     */
    void assemble(Open transfer, InputStream content, String sha256, long size) {
        StagedFile whole = stage(transfer, content, size);
        storeForCommit(transfer, whole, sha256);
    }

    /** Deletes what no commit has named within a day. */
    void dropOld(@Observes SweepBegins sweep) {
        dropBefore(clock.now().minus(LONGEST));
    }

    void dropBefore(Instant before) {
        List<String> keys = QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(
                                "select p.object_key from repository_transfer_part p join repository_transfer t"
                                        + " on t.id = p.transfer_id where t.created_at < ?1",
                                String.class)
                        .setParameter(1, before)
                        .getResultList());
        keys.forEach(store::delete);
        Set<String> hashes = new TreeSet<>(QuarkusTransaction.requiringNew().call(() -> {
            database.createNativeQuery("delete from repository_transfer where created_at < ?1")
                    .setParameter(1, before)
                    .executeUpdate();
            return database.createNativeQuery(
                            "delete from repository_blob where received_at < ?1 returning sha256", String.class)
                    .setParameter(1, before)
                    .getResultList();
        }));
        sweep.drop(hashes);
    }
}
