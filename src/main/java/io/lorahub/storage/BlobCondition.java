package io.lorahub.storage;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jboss.logging.Logger;

/** What is known of the objects behind blobs: which of them were found missing or damaged. */
@ApplicationScoped
class BlobCondition {

    private static final Logger LOG = Logger.getLogger(BlobCondition.class);

    /** The objects behind these hashes have just been written, or read to their end and compared. */
    void sound(Collection<String> hashes) {
        if (hashes.isEmpty()) return;
        QuarkusTransaction.requiringNew()
                .run(() -> Blob.update(
                        "unusableSince = null where sha256 in ?1 and unusableSince is not null", List.copyOf(hashes)));
    }

    /** Tells the operator once, and everyone who asks for this content later. */
    void report(UnusableObjectException unusable) {
        unusable.sha256().ifPresent(sha256 -> {
            try {
                if (mark(sha256)) LOG.errorf("%s Sending the same bytes again repairs it.", unusable.getMessage());
            } catch (RuntimeException e) {
                LOG.errorf("%s The database could not be told: %s", unusable.getMessage(), e.getMessage());
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

    /** @throws DamagedObjectException if one of them was found missing or damaged, and not sent again since */
    void requireUsable(Collection<String> hashes) {
        unusable(hashes).stream().findFirst().ifPresent(sha256 -> {
            throw new DamagedObjectException(ObjectKey.blob(sha256));
        });
    }

    /** Those of them that were found missing or damaged, and not sent again since. */
    List<String> unusable(Collection<String> hashes) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Blob.<Blob>stream("sha256 in ?1 and unusableSince is not null", List.copyOf(hashes))
                        .map(blob -> blob.sha256)
                        .toList());
    }

    long countUnusable() {
        return QuarkusTransaction.requiringNew().call(() -> Blob.count("unusableSince is not null"));
    }
}
