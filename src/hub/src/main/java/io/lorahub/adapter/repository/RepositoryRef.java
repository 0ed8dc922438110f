package io.lorahub.adapter.repository;

import io.lorahub.adapter.Repository;
import io.lorahub.database.BaseEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A branch other than main, or a tag that is not the label of a version. */
@Entity
@Table(name = "repository_ref")
public class RepositoryRef extends BaseEntity {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,99}");

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "repository_id")
    public Repository repository;

    /** Whether it is a branch; otherwise a tag. */
    public boolean branch;

    public String name;

    /** The commit that it points to. */
    public String oid;

    /** What a name can be; the database has the same rule. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Empty for texts that can be no name, too. */
    public static Optional<RepositoryRef> of(Long repositoryId, boolean branch, String name) {
        if (!isName(name)) return Optional.empty();
        return find("repository.id = ?1 and branch = ?2 and name = ?3", repositoryId, branch, name)
                .firstResultOptional();
    }

    public static List<RepositoryRef> all(Long repositoryId) {
        return list("repository.id = ?1 order by name", repositoryId);
    }
}
