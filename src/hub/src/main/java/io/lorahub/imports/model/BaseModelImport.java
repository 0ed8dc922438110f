package io.lorahub.imports.model;

import io.lorahub.imports.source.GitId;
import io.lorahub.imports.state.ImportState;
import io.lorahub.imports.state.RepositoryImport;
import io.lorahub.imports.state.UnverifiedFile;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.LockModeType;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A base model that the hub fetches from another hub for an administrator. */
@Entity
@Table(name = "base_model_import")
public class BaseModelImport extends RepositoryImport {

    /** To register it under. */
    public String name;

    public String summary;

    /** Null for that of the repository. */
    public String licence;

    /** The files to fetch; null until they are known. */
    @JdbcTypeCode(SqlTypes.JSON)
    public List<ModelFile> files;

    /** SHA-256 by name of the files that are in the store, and of pieces of one; empty once the import has ended. */
    @ElementCollection
    @CollectionTable(name = "base_model_import_file", joinColumns = @JoinColumn(name = "import_id"))
    @MapKeyColumn(name = "name")
    @Column(name = "sha256")
    public Map<String, String> stored = new TreeMap<>();

    /** Number of bytes that are here. */
    public long fetched;

    /**
     * A file of the other hub.
     *
     * @param size in bytes
     * @param etag id of its content there
     * @param sha256 of its content; null if the other hub doesn't say it, until the import is done
     * @param unverified whether the other hub says neither SHA-256 nor Git id, so that nothing says whether it is the right content
     */
    public record ModelFile(String name, long size, String etag, String sha256, boolean unverified) {

        ModelFile(String name, long size, String etag, String sha256) {
            this(name, size, etag, sha256, sha256 == null && !GitId.isOne(etag));
        }
    }

    /** The files that are registered and could not be compared with the other hub's. */
    List<UnverifiedFile> unverified() {
        if (files == null) return List.of();
        return files.stream()
                .filter(file -> file.unverified() && file.sha256() != null)
                .map(file -> new UnverifiedFile(file.name(), file.sha256()))
                .toList();
    }

    @Override
    public void become(ImportState next, Instant at) {
        super.become(next, at);
        if (!next.isOpen()) stored.clear(); // the sweep removes what no base model has
    }

    static Optional<BaseModelImport> locked(UUID id) {
        return findByIdOptional(id, LockModeType.PESSIMISTIC_WRITE);
    }

    /** Makes other requests for the name wait until the transaction ends. */
    static void lockName(String name) {
        getEntityManager()
                .createNativeQuery("select 1 from pg_advisory_xact_lock(hashtext('base-model-import'), hashtext(?1))")
                .setParameter(1, name)
                .getSingleResult();
    }

    static Optional<BaseModelImport> open(String name) {
        return find("name = ?1 and endedAt is null", name).firstResultOptional();
    }

    /** Newest first. */
    static List<BaseModelImport> newest(int most) {
        return BaseModelImport.<BaseModelImport>find("order by createdAt desc, id")
                .page(0, most)
                .list();
    }

    static List<UUID> allOpen() {
        return getEntityManager()
                .createQuery("select id from BaseModelImport where endedAt is null", UUID.class)
                .getResultList();
    }

    static long deleteEnded(Instant before) {
        return delete("endedAt < ?1", before);
    }
}
