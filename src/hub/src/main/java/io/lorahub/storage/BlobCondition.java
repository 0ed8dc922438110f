package io.lorahub.storage;

import io.lorahub.storage.object.DamagedObjectException;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.UnusableObjectException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jboss.logging.Logger;

/** Keeps track of which stored objects were found missing or damaged. */
@ApplicationScoped
public class BlobCondition {

    private static final Logger LOG = Logger.getLogger(BlobCondition.class);

    /**
     * Records that these objects are sound: they were just written, or read in full and compared with their hashes.
     */
    void sound(Collection<String> hashes) {
        if (hashes.isEmpty()) return;
        QuarkusTransaction.requiringNew()
                .run(() -> Blob.update(
                        "unusableSince = null where sha256 in ?1 and unusableSince is not null", List.copyOf(hashes)));
    }

    /** Records the damage for later readers and notifies the operator once. */
    void report(UnusableObjectException unusable) {
        unusable.sha256().ifPresent(sha256 -> {
            try {
                if (mark(sha256)) LOG.errorf("%s Sending the same bytes again repairs it.", unusable.getMessage());
            } catch (RuntimeException e) {
                LOG.errorf("%s This could not be recorded in the database: %s", unusable.getMessage(), e.getMessage());
            }
        });
    }

    private static boolean mark(String sha256) {
        return QuarkusTransaction.requiringNew()
                        .call(() -> Blob.update(
                                "unusableSince = ?1 where sha256 = ?2 and unusableSince is null",
                                Instant.now(),
                                sha256))
                > 0;
    }

    /**
     * @throws DamagedObjectException if one of these was found missing or damaged and has not been sent again since
     */
    void requireUsable(Collection<String> hashes) {
        unusable(hashes).stream().findFirst().ifPresent(sha256 -> {
            throw new DamagedObjectException(ObjectKey.blob(sha256));
        });
    }

    /** Returns the hashes among these that were found missing or damaged and have not been sent again since. */
    List<String> unusable(Collection<String> hashes) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Blob.<Blob>stream("sha256 in ?1 and unusableSince is not null", List.copyOf(hashes))
                        .map(blob -> blob.sha256)
                        .toList());
    }

    public long countUnusable() {
        return QuarkusTransaction.requiringNew().call(() -> Blob.count("unusableSince is not null"));
    }
}
