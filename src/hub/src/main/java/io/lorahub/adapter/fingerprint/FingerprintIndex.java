package io.lorahub.adapter.fingerprint;

import io.lorahub.engine.fingerprint.Buckets;
import io.lorahub.engine.fingerprint.Fingerprint;
import io.lorahub.engine.fingerprint.FingerprintBytes;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The fingerprints of all weights, by the SHA-256 of the file. The index finds the few that share a bucket; only those
 * are compared.
 */
@ApplicationScoped
public class FingerprintIndex {

    /** Maximum number of fingerprints compared: those that share the most buckets. */
    private static final int COMPARED = 200;

    /**
     * Looks up one bucket at a time, because the planner estimates that an overlap with all of them matches most of the
     * table, and scans it. The contents are stored outside the rows and read only for the final candidates. With
     * 100,000 fingerprints, the query takes 50 ms.
     */
    private static final String CANDIDATES = """
            select f.sha256, substring(f.content for :longest)
            from (select c.sha256, count(*) as shared
                  from unnest(cast(:buckets as int[])) as bucket
                  join fingerprint c on c.buckets @> array[bucket]
                  where c.sha256 <> :sha256
                  group by c.sha256 order by shared desc limit :limit) near
            join fingerprint f using (sha256)""";

    /** Number in memory; each can have thousands of modules. */
    private static final int RENEWED_AT_ONCE = 10;

    private final EntityManager database;

    public FingerprintIndex(EntityManager database) {
        this.database = database;
    }

    /** Weights that are similar to others. */
    public record Similar(String sha256, double similarity) {

        /** Similarity rounded for people: smaller differences do not show which one was first. */
        double percent() {
            return Math.rint(100 * similarity);
        }
    }

    /** Stores a fingerprint in the caller's transaction, unless it exists already. */
    @Transactional
    public void store(String sha256, Fingerprint fingerprint) {
        database.createNativeQuery("insert into fingerprint (sha256, buckets, content)"
                        + " values (:sha256, cast(:buckets as int[]), :content) on conflict do nothing")
                .setParameter("sha256", sha256)
                .setParameter("buckets", Buckets.of(fingerprint))
                .setParameter("content", FingerprintBytes.of(fingerprint))
                .executeUpdate();
    }

    @Transactional
    public Optional<Fingerprint> of(String sha256) {
        return database.createNativeQuery(
                        "select substring(content for :longest) from fingerprint where sha256 = :sha256", byte[].class)
                .setParameter("sha256", sha256)
                .setParameter("longest", FingerprintBytes.LONGEST)
                .getResultStream()
                .findFirst()
                .map(bytes -> FingerprintBytes.read((byte[]) bytes));
    }

    /** A fingerprint with the buckets of an older release. */
    record Outdated(String sha256, Fingerprint fingerprint) {}

    /** Some fingerprints of older releases; there may be more. */
    List<Outdated> outdated() {
        List<Object[]> rows = QuarkusTransaction.joiningExisting()
                .call(() -> database.createNativeQuery(
                                "select sha256, substring(content for :longest) from fingerprint where buckets[1] < :first limit :limit",
                                Object[].class)
                        .setParameter("longest", FingerprintBytes.LONGEST)
                        .setParameter("first", Buckets.FIRST)
                        .setParameter("limit", RENEWED_AT_ONCE)
                        .getResultList());
        return rows.stream()
                .map(row -> new Outdated((String) row[0], FingerprintBytes.read((byte[]) row[1])))
                .toList();
    }

    /** Stores the current release's buckets. */
    @Transactional
    void renew(String sha256, int[] buckets) {
        database.createNativeQuery("update fingerprint set buckets = cast(:buckets as int[]) where sha256 = :sha256")
                .setParameter("buckets", buckets)
                .setParameter("sha256", sha256)
                .executeUpdate();
    }

    /**
     * Other weights with a similarity of at least {@link Fingerprint#NEAR}, the most similar first. Comparing takes
     * time, during which a caller's transaction stays open.
     */
    public List<Similar> near(String sha256, Fingerprint fingerprint) {
        int[] buckets = Buckets.around(Buckets.of(fingerprint));
        if (buckets.length == 0) return List.of();
        List<Object[]> candidates = QuarkusTransaction.joiningExisting()
                .call(() -> database.createNativeQuery(CANDIDATES, Object[].class)
                        .setParameter("buckets", buckets)
                        .setParameter("sha256", sha256)
                        .setParameter("longest", FingerprintBytes.LONGEST)
                        .setParameter("limit", COMPARED)
                        .getResultList());
        return candidates.stream()
                .map(c -> new Similar((String) c[0], fingerprint.similarity(FingerprintBytes.read((byte[]) c[1]))))
                .filter(s -> s.similarity() >= Fingerprint.NEAR)
                .sorted(Comparator.comparingDouble(Similar::percent).reversed())
                .toList();
    }
}
