package io.lorahub.storage;

import io.lorahub.storage.object.StagedFile;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Temporary references that protect a blob from the sweep while it is published and before a permanent reference is
 * stored. The sweep treats them like any other reference.
 */
@ApplicationScoped
public class BlobHolds {

    private static final Logger LOG = Logger.getLogger(BlobHolds.class);
    private static final Comparator<StagedFile> BY_KEY = Comparator.comparing(StagedFile::key);

    private final EntityManager database;
    private final SweepConfig config;

    BlobHolds(EntityManager database, SweepConfig config) {
        this.database = database;
        this.config = config;
    }

    /** Takes the holds in a fixed order, so that no two transactions wait for each other. */
    HeldBlobs hold(Collection<StagedFile> staged) {
        UUID id = UUID.randomUUID();
        Map<String, StagedFile> distinct = staged.stream()
                .collect(Collectors.toMap(
                        StagedFile::sha256, Function.identity(), BinaryOperator.minBy(BY_KEY), TreeMap::new));
        QuarkusTransaction.requiringNew().run(() -> distinct.values().forEach(one -> hold(id, one)));
        return new HeldBlobs(() -> release(id));
    }

    private void hold(UUID id, StagedFile staged) {
        upsert(staged);
        database.createNativeQuery("insert into blob_hold (id, sha256, held_until)"
                        + " values (:id, :sha256, now() + make_interval(secs => :seconds))")
                .setParameter("id", id)
                .setParameter("sha256", staged.sha256())
                .setParameter("seconds", (double) longest().toSeconds())
                .executeUpdate();
    }

    /** A killed process leaves its holds behind; no publication takes longer than a file may stay in staging. */
    private Duration longest() {
        return config.staging().isNegative() ? Duration.ofDays(1) : config.staging();
    }

    /** Runs in the caller's transaction, which keeps the row locked against the sweep until it ends. */
    void upsert(StagedFile staged) {
        database.createNativeQuery("insert into blob (sha256, size, crc32) values (:sha256, :size, nullif(:crc32, -1))"
                        + " on conflict (sha256) do update set created_at = now(),"
                        + " crc32 = coalesce(blob.crc32, excluded.crc32)")
                .setParameter("sha256", staged.sha256())
                .setParameter("size", staged.size())
                .setParameter("crc32", staged.crc32().orElse(-1L))
                .executeUpdate();
    }

    private void release(UUID id) {
        try {
            QuarkusTransaction.requiringNew()
                    .run(() -> database.createNativeQuery("delete from blob_hold where id = :id")
                            .setParameter("id", id)
                            .executeUpdate());
        } catch (RuntimeException e) {
            LOG.warnf("Published files could not be released (%s); the sweep looks at them later.", e.getMessage());
        }
    }

    /** Drops holds left behind by killed processes. */
    public void dropOld() {
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery("delete from blob_hold where held_until < now()")
                        .executeUpdate());
    }
}
