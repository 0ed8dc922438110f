package io.lorahub.huggingface.transfer;

import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.upload.UploadLimits;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Pieces of files in staging: numbered parts, or xorbs by their hashes. */
@ApplicationScoped
class TransferPieces {

    private final FileTransfers transfers;
    private final ObjectStore store;
    private final UploadLimits limits;
    private final EntityManager database;

    TransferPieces(FileTransfers transfers, ObjectStore store, UploadLimits limits, EntityManager database) {
        this.transfers = transfers;
        this.store = store;
        this.limits = limits;
        this.database = database;
    }

    /**
     * Receives a piece, which replaces an earlier one of this name.
     *
     * @param most size in bytes
     */
    StagedFile receive(FileTransfers.Open transfer, String name, InputStream body, long most) {
        StagedFile staged = transfers.stage(transfer, body, most);
        boolean done = false;
        try {
            Optional<StagedFile> earlier = find(transfer.id(), name);
            QuarkusTransaction.requiringNew().run(() -> {
                limits.lock(FileTransfers.person(transfer));
                limits.checkDayFor(FileTransfers.person(transfer), staged.size());
                limits.addToDay(FileTransfers.person(transfer), staged.size());
                database.createNativeQuery(
                                "insert into repository_transfer_part (transfer_id, name, object_key, size, sha256)"
                                        + " values (?1, ?2, ?3, ?4, ?5)"
                                        + " on conflict (transfer_id, name) do update set object_key = excluded.object_key,"
                                        + " size = excluded.size, sha256 = excluded.sha256")
                        .setParameter(1, transfer.id())
                        .setParameter(2, name)
                        .setParameter(3, staged.key())
                        .setParameter(4, staged.size())
                        .setParameter(5, staged.sha256())
                        .executeUpdate();
            });
            earlier.ifPresent(old -> store.delete(old.key()));
            done = true;
            return staged;
        } finally {
            if (!done) store.delete(staged.key());
        }
    }

    private Optional<StagedFile> find(UUID transferId, String name) {
        return QuarkusTransaction.requiringNew().call(() -> {
            List<Object[]> rows = database.createNativeQuery(
                            "select object_key, size, sha256 from repository_transfer_part"
                                    + " where transfer_id = ?1 and name = ?2",
                            Object[].class)
                    .setParameter(1, transferId)
                    .setParameter(2, name)
                    .getResultList();
            return rows.stream()
                    .map(row -> new StagedFile(
                            (String) row[0], ((Number) row[1]).longValue(), (String) row[2], Optional.empty(), true))
                    .findFirst();
        });
    }

    /** Opens a piece of a transfer. */
    Function<String, InputStream> of(FileTransfers.Open transfer) {
        return name -> store.open(find(transfer.id(), name)
                .orElseThrow(() -> ProblemException.invalid("files", "The piece %s has not been sent.".formatted(name)))
                .key());
    }

    /** Size of all pieces of a transfer, in bytes. */
    long bytes(FileTransfers.Open transfer) {
        return QuarkusTransaction.requiringNew()
                .call(() -> (Number) database.createNativeQuery(
                                "select coalesce(sum(size), 0) from repository_transfer_part where transfer_id = ?1")
                        .setParameter(1, transfer.id())
                        .getSingleResult())
                .longValue();
    }

    /** Deletes the pieces of a transfer, once the files in them are kept. */
    void delete(FileTransfers.Open transfer) {
        List<String> keys = QuarkusTransaction.requiringNew()
                .call(() -> database.createNativeQuery(
                                "delete from repository_transfer_part where transfer_id = ?1 returning object_key",
                                String.class)
                        .setParameter(1, transfer.id())
                        .getResultList());
        keys.forEach(store::delete);
    }
}
