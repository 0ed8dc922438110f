package io.lorahub.adapter;

import io.lorahub.account.Publisher;
import io.lorahub.database.BaseEntity;
import io.lorahub.web.ProblemException;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityListeners;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A published adapter with its card. Its files belong to its versions. */
@Entity
@EntityListeners(AdapterListener.class)
public class Adapter extends BaseEntity {

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "publisher_id")
    public Publisher publisher;

    /** The last part of its address: {@code un} of {@code lab-a/un}. */
    public String name;

    @Enumerated(EnumType.STRING)
    public Visibility visibility = Visibility.PRIVATE;

    @Enumerated(EnumType.STRING)
    public AdapterState state = AdapterState.ACTIVE;

    /** Why moderation asks for changes or took the adapter down; null if it is active. */
    @Column(name = "state_reason")
    public String stateReason;

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
    public List<String> targetModules = new ArrayList<>();

    public long downloads;

    public int likes;

    /**
     * Increases with downloads and likes, weighting recent ones more; written by the database (V9), and meaningful only
     * for comparison.
     */
    public double trend;

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    @Column(name = "updated_at")
    public Instant updatedAt = Instant.now();

    /** For If-Match; increases with each change of the card. */
    @Version
    public int edition;

    /** Finds the adapter at {@code publisher/name}. */
    public static Optional<Adapter> at(String publisher, String name) {
        return find(
                        "from Adapter a join fetch a.publisher p where p.name = ?1 and a.name = ?2",
                        publisher.toLowerCase(Locale.ROOT),
                        name.toLowerCase(Locale.ROOT))
                .firstResultOptional();
    }

    /** Prevents its deletion until the transaction ends, so that references to it can be stored. */
    public void keep() {
        boolean gone = getEntityManager()
                .createNativeQuery("select id from adapter where id = ?1 for key share")
                .setParameter(1, id)
                .getResultList()
                .isEmpty();
        if (gone) throw ProblemException.notFound("adapter");
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
        Set<String> wanted = new HashSet<>();
        Set<String> publishers = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (String address : addresses) {
            String[] parts = address.toLowerCase(Locale.ROOT).split("/", 2);
            if (parts.length < 2) continue;
            wanted.add(String.join("/", parts));
            publishers.add(parts[0]);
            names.add(parts[1]);
        }
        if (wanted.isEmpty()) return List.of();
        // both columns are indexed; combinations that were not asked for are filtered out afterwards
        return Adapter.<Adapter>list(
                        "from Adapter a join fetch a.publisher p where p.name in ?1 and a.name in ?2",
                        publishers,
                        names)
                .stream()
                .filter(adapter -> wanted.contains(adapter.address()))
                .toList();
    }

    /** {@code publisher/name}, as used in addresses and texts. */
    public String address() {
        return publisher.name + "/" + name;
    }

    public String page() {
        return "/" + address();
    }

    public String editPreviewPath() {
        return page() + "/edit/preview";
    }

    public AdapterVersion newest() {
        return AdapterVersion.newestOf(this);
    }
}
