package io.lorahub.imports.model;

import io.lorahub.imports.state.RepositoryImport;
import jakarta.persistence.Entity;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A base model that the hub fetches from another hub for an administrator. */
@Entity
@Table(name = "base_model_import")
public class BaseModelImport extends RepositoryImport {

    /** To register it under. */
    public String name;

    public String summary;

    /** Null for that of the repository. */
    public String licence;

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

    static long deleteEnded(Instant before) {
        return delete("endedAt < ?1", before);
    }
}
