package io.lorahub.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.Person;
import io.lorahub.database.BaseEntity;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.PrePersist;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** One set of files of an adapter, which never changes. */
@Entity
@Table(name = "adapter_version")
public class AdapterVersion extends BaseEntity {

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "adapter_id")
    public Adapter adapter;

    /** Counts from 1, without gaps. */
    public int number;

    /** Label such as {@code 1.0.0} (semver.org, without pre-release and build). */
    public String label;

    public String notes = "";

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "published_by")
    public Person publishedBy;

    @Column(name = "published_at")
    public Instant publishedAt = Instant.now();

    /** Facts that the upload check read from the files: the "adapter" object of {@code lorahub inspect --json}. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode facts;

    /** The findings of the upload check: the checks with their states at the time of the upload. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode findings;

    /** The norms of the layers in the facts, for lists: {@link NormStrip#text}. */
    public String strip = "";

    /** SHA-256 of the content by file name. */
    @ElementCollection
    @CollectionTable(name = "version_file", joinColumns = @JoinColumn(name = "version_id"))
    @MapKeyColumn(name = "name")
    @Column(name = "sha256")
    public Map<String, String> files = new TreeMap<>();

    /**
     * The composition run that found the weights of its parts; null for trained adapters, and after the run is deleted.
     */
    @Column(name = "run_id")
    public UUID run;

    /** The other hub that the files come from; null if a member sent them. */
    @JdbcTypeCode(SqlTypes.JSON)
    @Column(name = "imported_from")
    public ImportedFrom importedFrom;

    @PrePersist
    void drawStrip() {
        strip = NormStrip.of(facts).text();
    }

    public static AdapterVersion newestOf(Adapter adapter) {
        return find("adapter = ?1 order by number desc", adapter).firstResult();
    }

    /** The newest version of each adapter, with one query. */
    public static List<AdapterVersion> newestOf(Collection<Adapter> adapters) {
        return list(
                "from AdapterVersion v where v.adapter in ?1"
                        + " and v.number = (select max(o.number) from AdapterVersion o where o.adapter = v.adapter)",
                adapters);
    }

    /** All versions, newest first. */
    public static List<AdapterVersion> of(Adapter adapter) {
        return list("adapter = ?1 order by number desc", adapter);
    }

    /**
     * The newest version that a member published with this file.
     *
     * @param sha256 of a file
     */
    public static Optional<AdapterVersion> publishedBy(Person person, String sha256) {
        return find(
                        "select v from AdapterVersion v join v.files f where v.publishedBy = ?1 and f = ?2 order by v.id desc",
                        person,
                        sha256)
                .firstResultOptional();
    }

    /**
     * The versions that come from the same place, whatever their commit, of adapters that a person can change; newest
     * first.
     */
    public static List<AdapterVersion> importedFrom(ImportedFrom place, Person person) {
        return getEntityManager()
                .createNativeQuery(
                        "select v.* from adapter_version v join adapter a on a.id = v.adapter_id"
                                + " join publisher_member m on m.publisher_id = a.publisher_id"
                                + " where m.person_id = ?1 and v.imported_from ->> 'hub' = ?2"
                                + " and v.imported_from ->> 'repository' = ?3"
                                + " and coalesce(v.imported_from ->> 'subfolder', '') = ?4 order by v.id desc",
                        AdapterVersion.class)
                .setParameter(1, person.id)
                .setParameter(2, place.hub())
                .setParameter(3, place.repository())
                .setParameter(4, place.subfolder() == null ? "" : place.subfolder())
                .getResultList();
    }

    public static Optional<AdapterVersion> of(Adapter adapter, String label) {
        return find("adapter = ?1 and label = ?2", adapter, label).firstResultOptional();
    }
}
