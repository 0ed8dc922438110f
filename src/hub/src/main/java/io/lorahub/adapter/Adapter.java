package io.lorahub.adapter;

import io.lorahub.account.Publisher;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.LockModeType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.Mutability;
import org.hibernate.type.descriptor.java.Immutability;

/** A published adapter with its card. Its files belong to its versions. */
@Entity
@DynamicUpdate // a change of the card must not take back likes and downloads that others count meanwhile
public class Adapter extends ModeratedEntity {

    /** {@link #isListed} in the database, where it is a generated column; for queries. */
    @Column(insertable = false, updatable = false)
    private boolean listed;

    /** The {@code base_model_name_or_path} of the newest version. */
    @Column(name = "base_model")
    public String baseModel;

    public String title;

    /** The purpose of the adapter, in one sentence. */
    public String summary = "";

    /** Markdown. */
    public String description = "";

    /** An SPDX identifier. */
    public String licence;

    /** Whether the licence lets others publish compositions of it. */
    public boolean derivatives = true;

    @Column(name = "training_data")
    public String trainingData = "";

    @Column(name = "intended_use")
    public String intendedUse = "";

    public List<String> tags = new ArrayList<>();

    /** BCP 47 tags. */
    public List<String> languages = new ArrayList<>();

    @Column(name = "example_input")
    public String exampleInput = "";

    @Column(name = "example_output")
    public String exampleOutput = "";

    /** The largest rank in the newest version. */
    public int rank;

    /** Target modules of the newest version, by the last part of their names: {@code q}, {@code v}. */
    @Column(name = "target_modules")
    @Mutability(Immutability.class) // compared when it is set, not before each query
    public List<String> targetModules = new ArrayList<>();

    public long downloads;

    public int likes;

    /**
     * Increases with downloads and likes, weighting recent ones more; written by the database (V9), and meaningful only
     * for comparison.
     */
    public double trend;

    /** Finds the adapter at {@code publisher/name}. */
    public static Optional<Adapter> at(String publisher, String name) {
        return find(
                        "from Adapter a join fetch a.publisher p where p.name = ?1 and a.name = ?2",
                        publisher.toLowerCase(Locale.ROOT),
                        name.toLowerCase(Locale.ROOT))
                .firstResultOptional();
    }

    /**
     * Locks the adapter until the transaction ends, so that it is not deleted meanwhile; empty if it is being deleted.
     */
    public static Optional<Adapter> locked(Publisher publisher, String name) {
        return find("publisher = ?1 and name = ?2", publisher, name.toLowerCase(Locale.ROOT))
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    /**
     * Finds the adapters that exist among many addresses, in any order, with one query.
     *
     * @param addresses each {@code publisher/name}
     */
    public static List<Adapter> at(Collection<String> addresses) {
        Set<String> wholeAddresses = new HashSet<>();
        Set<String> publishers = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (String address : addresses) {
            String[] parts = address.toLowerCase(Locale.ROOT).split("/", 2);
            if (parts.length < 2) continue;
            wholeAddresses.add(String.join("/", parts));
            publishers.add(parts[0]);
            names.add(parts[1]);
        }
        if (wholeAddresses.isEmpty()) return List.of();
        // both columns are indexed; combinations that were not asked for are filtered out afterwards
        return Adapter.<Adapter>list(
                        "from Adapter a join fetch a.publisher p where p.name in ?1 and a.name in ?2",
                        publishers,
                        names)
                .stream()
                .filter(adapter -> wholeAddresses.contains(adapter.address()))
                .toList();
    }

    /** Addresses of all adapters of these publishers that can get versions, in order; without reading their cards, which can be long. */
    public static List<String> addresses(Collection<Publisher> publishers) {
        return getEntityManager()
                .createQuery(
                        "select p.name || '/' || a.name from Adapter a join a.publisher p where p in ?1"
                                + " and a.state <> TAKEN_DOWN order by p.name, a.name",
                        String.class)
                .setParameter(1, publishers)
                .getResultList();
    }

    @Override
    public String kind() {
        return "adapter";
    }

    public String editPreviewPath() {
        return page() + "/edit/preview";
    }

    public AdapterVersion newest() {
        return AdapterVersion.newestOf(this);
    }
}
