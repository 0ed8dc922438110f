package io.lorahub.adapter.fingerprint;

import io.lorahub.account.Publisher;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterDeletionEvent;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.fingerprint.Buckets;
import io.lorahub.engine.fingerprint.Fingerprint;
import io.lorahub.web.FieldError;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds versions with the same weights, or with weights that change the model in the same way. */
@ApplicationScoped
public class Duplicates {

    /** Maximum number of similar versions recorded for moderation, per version. */
    private static final int NOTED = 20;

    private final FingerprintIndex index;
    private final EntityManager database;

    Duplicates(FingerprintIndex index, EntityManager database) {
        this.index = index;
        this.database = database;
    }

    /** @param similarity 1 if the bytes are the same */
    public record Twin(AdapterVersion version, double similarity) {}

    /** Versions with exactly these weights, the oldest first. */
    @Transactional
    public List<AdapterVersion> withWeights(String sha256) {
        return AdapterVersion.list(
                "select v from AdapterVersion v join fetch v.adapter a join fetch a.publisher"
                        + " join v.files f where key(f) = ?1 and value(f) = ?2 order by v.id",
                AdapterFolder.WEIGHTS.get(0),
                sha256);
    }

    /** The address of a deleted adapter of one of these publishers that was taken down with these weights. */
    @Transactional
    Optional<String> takenDown(String sha256, Collection<Long> publishers) {
        return database.createNativeQuery(
                        "select address from taken_down_weights where sha256 = :sha256 and publisher_id in (:publishers)"
                                + " order by address limit 1",
                        String.class)
                .setParameter("sha256", sha256)
                .setParameter("publishers", publishers)
                .getResultStream()
                .findFirst();
    }

    /** A take-down outlives the adapter, so that its owner can't undo it by deleting and publishing again. */
    void recordTakeDown(@Observes AdapterDeletionEvent deletion) {
        Adapter adapter = deletion.adapter();
        if (adapter.state != AdapterState.TAKEN_DOWN) return;
        database.createNativeQuery("insert into taken_down_weights (publisher_id, sha256, address)"
                        + " select distinct :publisher, f.sha256, :address from adapter_version v"
                        + " join version_file f on f.version_id = v.id and f.name = :name"
                        + " where v.adapter_id = :adapter on conflict do nothing")
                .setParameter("publisher", adapter.publisher.id)
                .setParameter("address", adapter.address())
                .setParameter("name", AdapterFolder.WEIGHTS.get(0))
                .setParameter("adapter", adapter.id)
                .executeUpdate();
    }

    /**
     * Other weights that change the model in nearly the same way. Comparing takes time, so call this outside a
     * transaction.
     */
    public List<FingerprintIndex.Similar> near(Map<String, String> files, Optional<Fingerprint> fingerprint) {
        return weights(files)
                .flatMap(sha256 -> fingerprint.or(() -> index.of(sha256)).map(print -> index.near(sha256, print)))
                .orElse(List.of());
    }

    /** Versions with these weights, the most similar first; among equally similar ones, the oldest first. */
    @Transactional
    List<Twin> twins(List<FingerprintIndex.Similar> weights) {
        List<Twin> twins = new ArrayList<>();
        for (FingerprintIndex.Similar similar : weights) {
            withWeights(similar.sha256()).forEach(v -> twins.add(new Twin(v, similar.similarity())));
        }
        twins.sort(Comparator.comparingDouble((Twin t) -> -Math.rint(100 * t.similarity()))
                .thenComparing(t -> t.version().id));
        return twins;
    }

    /** The reason why these files cannot be public: the same weights are already public under another publisher. */
    @Transactional
    public Optional<FieldError> whyNotPublic(Map<String, String> files, Publisher publisher) {
        return weights(files).map(this::withWeights).stream()
                .flatMap(Collection::stream)
                .filter(v -> v.adapter.isListed() && !v.adapter.publisher.id.equals(publisher.id))
                .findFirst()
                .map(v -> new FieldError(
                        "visibility",
                        "The same weights are already public as %s, so this adapter can only be private or unlisted."
                                .formatted(v.adapter.address())));
    }

    /**
     * Renews some fingerprints of an older release, and records again which versions are similar. Of each pair, the one
     * renewed later finds the other, so all pairs are recorded once all fingerprints are renewed, even if the hub stops
     * in between. Comparing takes time, so call this outside a transaction, and in one process at a time.
     *
     * @return the number of renewed fingerprints; there may be more to renew
     */
    int renew() {
        List<FingerprintIndex.Outdated> outdated = index.outdated();
        outdated.forEach(this::renew);
        return outdated.size();
    }

    private void renew(FingerprintIndex.Outdated outdated) {
        String sha256 = outdated.sha256();
        List<FingerprintIndex.Similar> near = index.near(sha256, outdated.fingerprint());
        int[] buckets = Buckets.of(outdated.fingerprint());
        QuarkusTransaction.requiringNew().run(() -> {
            index.renew(sha256, buckets);
            withWeights(sha256).forEach(version -> {
                database.createNativeQuery("delete from near_duplicate where version_id = :id or other_id = :id")
                        .setParameter("id", version.id)
                        .executeUpdate();
                note(version, near);
            });
        });
    }

    /** Records for moderation the versions of other adapters that a version resembles. */
    public void note(AdapterVersion version, List<FingerprintIndex.Similar> near) {
        Optional<String> sha256 = weights(version.files);
        if (sha256.isEmpty()) return;
        List<Twin> twins = new ArrayList<>();
        withWeights(sha256.get()).forEach(v -> twins.add(new Twin(v, 1)));
        twins.addAll(twins(near));
        Set<Long> parts = Set.copyOf(adaptersOfParts(version));
        twins.stream()
                .filter(t -> !t.version.adapter.id.equals(version.adapter.id))
                .filter(t -> !parts.contains(t.version.adapter.id)) // similarity to declared parts is expected
                .limit(NOTED)
                .forEach(t -> note(version, t));
    }

    private List<Long> adaptersOfParts(AdapterVersion version) {
        return database.createNativeQuery(
                        "select v.adapter_id from version_part p join adapter_version v on v.id = p.part_id"
                                + " where p.version_id = :version",
                        Long.class)
                .setParameter("version", version.id)
                .getResultList();
    }

    public static Optional<String> weights(Map<String, String> files) {
        return Optional.ofNullable(files.get(AdapterFolder.WEIGHTS.get(0)));
    }

    /** Records the later version as similar to the earlier one. */
    private void note(AdapterVersion version, Twin twin) {
        database.createNativeQuery("insert into near_duplicate (version_id, other_id, similarity)"
                        + " values (:version, :other, :similarity) on conflict do nothing")
                .setParameter("version", Math.max(version.id, twin.version.id))
                .setParameter("other", Math.min(version.id, twin.version.id))
                .setParameter("similarity", Math.min(1, twin.similarity))
                .executeUpdate();
    }
}
