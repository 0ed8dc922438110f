package io.lorahub.adapter;

import io.lorahub.engine.fingerprint.Buckets;
import io.lorahub.engine.fingerprint.Fingerprint;
import io.lorahub.engine.fingerprint.FingerprintBytes;
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

    /** Of those that share a bucket, how many are compared: the ones that share most. */
    private static final int COMPARED = 100;

    private static final String CANDIDATES = """
            select sha256, content from fingerprint
            where buckets && cast(:buckets as int[]) and sha256 <> :sha256
            order by cardinality(array(select unnest(buckets) intersect select unnest(cast(:buckets as int[])))) desc
            limit :limit""";

    private final EntityManager database;

    FingerprintIndex(EntityManager database) {
        this.database = database;
    }

    /** Weights that are like others. */
    public record Similar(String sha256, double similarity) {}

    /** In the caller's transaction. What is there already stays. */
    @Transactional
    public void keep(String sha256, Fingerprint fingerprint) {
        database.createNativeQuery("insert into fingerprint (sha256, buckets, content)"
                        + " values (:sha256, cast(:buckets as int[]), :content) on conflict do nothing")
                .setParameter("sha256", sha256)
                .setParameter("buckets", Buckets.of(fingerprint))
                .setParameter("content", FingerprintBytes.of(fingerprint))
                .executeUpdate();
    }

    @Transactional
    public Optional<Fingerprint> of(String sha256) {
        return database.createNativeQuery("select content from fingerprint where sha256 = :sha256", byte[].class)
                .setParameter("sha256", sha256)
                .getResultStream()
                .findFirst()
                .map(bytes -> FingerprintBytes.read((byte[]) bytes));
    }

    /** Other weights from {@link Fingerprint#NEAR} on, the most similar first. */
    @Transactional
    public List<Similar> near(String sha256, Fingerprint fingerprint) {
        int[] buckets = Buckets.of(fingerprint);
        if (buckets.length == 0) return List.of();
        List<Object[]> candidates = database.createNativeQuery(CANDIDATES, Object[].class)
                .setParameter("buckets", buckets)
                .setParameter("sha256", sha256)
                .setParameter("limit", COMPARED)
                .getResultList();
        return candidates.stream()
                .map(c -> new Similar((String) c[0], fingerprint.similarity(FingerprintBytes.read((byte[]) c[1]))))
                .filter(s -> s.similarity() >= Fingerprint.NEAR)
                .sorted(Comparator.comparingDouble(Similar::similarity).reversed())
                .toList();
    }
}
