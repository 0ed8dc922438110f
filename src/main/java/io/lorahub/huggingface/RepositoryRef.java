package io.lorahub.huggingface;

import io.lorahub.database.BaseEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.util.List;
import java.util.Optional;

/** A branch other than main, or a tag that is not the label of a version. */
@Entity
@Table(name = "repository_ref")
public class RepositoryRef extends BaseEntity {

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "repository_id")
    public Repository repository;

    /** Whether it is a branch; otherwise a tag. */
    public boolean branch;

    public String name;

    /** The commit that it points to. */
    public String oid;

    public static Optional<RepositoryRef> of(Long repositoryId, boolean branch, String name) {
        return find("repository.id = ?1 and branch = ?2 and name = ?3", repositoryId, branch, name)
                .firstResultOptional();
    }

    static List<RepositoryRef> all(Long repositoryId) {
        return list("repository.id = ?1 order by name", repositoryId);
    }
}
