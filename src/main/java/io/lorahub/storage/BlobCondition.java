package io.lorahub.storage;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jboss.logging.Logger;

/** What is known of the objects behind blobs: which of them were found missing or damaged. */
@ApplicationScoped
public class BlobCondition {

    private static final Logger LOG = Logger.getLogger(BlobCondition.class);

    /** The objects behind these hashes have just been written, or read to their end and compared. */
    void sound(Collection<String> hashes) {
        if (hashes.isEmpty()) return;
        QuarkusTransaction.requiringNew()
                .run(() -> Blob.update(
                        "unusableSince = null where sha256 in ?1 and unusableSince is not null", List.copyOf(hashes)));
    }

    /** Tells the operator once, and everyone who asks for this content later. */
    public void report(UnusableObjectException unusable) {
        unusable.sha256().ifPresent(sha256 -> {
            int marked = QuarkusTransaction.requiringNew()
                    .call(() -> Blob.update(
                            "unusableSince = ?1 where sha256 = ?2 and unusableSince is null", Instant.now(), sha256));
            if (marked > 0) LOG.errorf("%s Sending the same bytes again repairs it.", unusable.getMessage());
        });
    }
}
