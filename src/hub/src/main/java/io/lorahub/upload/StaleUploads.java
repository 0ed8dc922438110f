package io.lorahub.upload;

import io.lorahub.storage.DatabaseClock;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Drops uploads that have been inactive for a long time, and deletes the records of those that have ended. How the check
 * of a base model ended is kept with the model.
 */
@ApplicationScoped
public class StaleUploads {

    private static final Logger LOG = Logger.getLogger(StaleUploads.class);
    private static final int PAGE = 100;

    private final Uploads uploads;
    private final UploadConfig config;
    private final EntityManager database;
    private final DatabaseClock clock;

    StaleUploads(Uploads uploads, UploadConfig config, EntityManager database, DatabaseClock clock) {
        this.uploads = uploads;
        this.config = config;
        this.database = database;
        this.clock = clock;
    }

    /** Returns the number of dropped uploads. */
    public int drop() {
        return drop(clock.now().minus(config.staleAfter()));
    }

    int drop(Instant before) {
        int dropped = 0;
        List<UUID> page = stale(before);
        while (!page.isEmpty()) {
            for (UUID id : page) {
                if (drop(id, before)) dropped++;
            }
            page = stale(before);
        }
        forget(before);
        if (dropped > 0) LOG.infof("Deleted %d uploads that were idle since %s.", dropped, before);
        return dropped;
    }

    private List<UUID> stale(Instant before) {
        return QuarkusTransaction.requiringNew()
                .call(() -> database.createQuery(
                                "select id from Upload where updatedAt < :before and state not in (PUBLISHED, CANCELLED)"
                                        + " and (baseModel is null or state = RECEIVING and sourceFolder is null)",
                                UUID.class)
                        .setParameter("before", before)
                        .setMaxResults(PAGE)
                        .getResultList());
    }

    /** Uses a transaction for each upload, because more of it may be arriving at this moment. */
    private boolean drop(UUID id, Instant before) {
        return QuarkusTransaction.requiringNew().call(() -> {
            Upload upload = Upload.locked(id).orElse(null);
            if (upload == null || !upload.updatedAt.isBefore(before)) return false;
            uploads.cancel(upload);
            return true;
        });
    }

    private void forget(Instant before) {
        QuarkusTransaction.requiringNew().run(() -> {
            Upload.delete("updatedAt < ?1 and (state = CANCELLED or state = PUBLISHED and baseModel is null)", before);
            database.createNativeQuery("delete from upload_day where day < :day")
                    .setParameter("day", LocalDate.ofInstant(before, ZoneOffset.UTC))
                    .executeUpdate();
        });
    }
}
