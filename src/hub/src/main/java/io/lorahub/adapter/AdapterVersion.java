package io.lorahub.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.Person;
import io.lorahub.database.BaseEntity;
import jakarta.persistence.Basic;
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
import java.util.stream.Collectors;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.Mutability;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.descriptor.java.Immutability;

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

    /**
     * Facts that the upload check read from the files: the "adapter" object of {@code lorahub inspect --json}. It has each
     * module, of which there can be thousands, so it is only loaded where it is used.
     */
    @Basic(fetch = FetchType.LAZY)
    @JdbcTypeCode(SqlTypes.JSON)
    @Mutability(Immutability.class)
    public JsonNode facts;

    /** Null before it has been loaded. */
    @Formula("facts - 'layers'")
    @JdbcTypeCode(SqlTypes.JSON)
    @Mutability(Immutability.class)
    JsonNode factsWithoutLayers;

    /** The findings of the upload check: the checks with their states at the time of the upload. Loaded with the facts. */
    @Basic(fetch = FetchType.LAZY)
    @JdbcTypeCode(SqlTypes.JSON)
    @Mutability(Immutability.class)
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

    /** Number of values in the newest version of each adapter, all together, without loading the other facts. */
    public static long parametersOfNewest(Collection<Adapter> adapters) {
        if (adapters.isEmpty()) return 0;
        Number sum = (Number) getEntityManager()
                .createNativeQuery("""
                        select coalesce(sum(cast(v.facts ->> 'parameters' as bigint)), 0) from adapter_version v
                        where v.adapter_id in (?1) and v.number =
                          (select max(o.number) from adapter_version o where o.adapter_id = v.adapter_id)""")
                .setParameter(1, adapters.stream().map(adapter -> adapter.id).toList())
                .getSingleResult();
        return sum.longValue();
    }

    /** The facts without the layers. */
    public AdapterFacts summary() {
        return new AdapterFacts(factsWithoutLayers == null ? facts : factsWithoutLayers);
    }

    /** The facts of all versions of an adapter as JSON, by id of the version. */
    static Map<Long, String> factsOf(Adapter adapter) {
        List<Object[]> rows = getEntityManager()
                .createNativeQuery(
                        "select id, cast(facts as text) from adapter_version where adapter_id = ?1", Object[].class)
                .setParameter(1, adapter.id)
                .getResultList();
        return rows.stream().collect(Collectors.toMap(row -> ((Number) row[0]).longValue(), row -> (String) row[1]));
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
                        "select v.*, null as \"factsWithoutLayers\" from adapter_version v join adapter a on a.id = v.adapter_id"
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

    /**
     * Frobenius norms of the updates of versions, all layers together, by id. Versions are left out whose facts have no
     * norms, or that also replace modules as a whole, which norms of layers say nothing about.
     */
    public static Map<Long, Double> norms(Collection<Long> versions) {
        if (versions.isEmpty()) return Map.of();
        List<Object[]> rows = getEntityManager()
                .createNativeQuery("""
                        select v.id, sqrt(sum(power(cast(norm as double precision), 2)))
                        from adapter_version v, jsonb_path_query(v.facts, '$.layers[*].norm') norm
                        where v.id in (?1) and v.facts #> '{modules_to_save,0}' is null
                        group by v.id""", Object[].class)
                .setParameter(1, versions)
                .getResultList();
        return rows.stream().collect(Collectors.toMap(row -> ((Number) row[0]).longValue(), row -> (Double) row[1]));
    }

    /** The versions of these adapters that have one of these labels, with one query. */
    public static List<AdapterVersion> of(Collection<Adapter> adapters, Collection<String> labels) {
        return list("adapter in ?1 and label in ?2", adapters, labels);
    }

    public static Optional<AdapterVersion> of(Adapter adapter, String label) {
        return find("adapter = ?1 and label = ?2", adapter, label).firstResultOptional();
    }
}
