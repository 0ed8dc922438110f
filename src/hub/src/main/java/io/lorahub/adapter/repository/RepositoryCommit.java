package io.lorahub.adapter.repository;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.Person;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Repository;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Basic;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.Mutability;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.descriptor.java.Immutability;

/** A commit of a repository; it never changes. */
@Entity
@Table(name = "repository_commit")
public class RepositoryCommit extends PanacheEntityBase {

    /** 40 hexadecimal digits. */
    @Id
    public String oid;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "repository_id")
    public Repository repository;

    /** Counts from 1, over all branches. */
    public int number;

    public String title;

    public String message = "";

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "author_id")
    public Person author;

    /** The version whose files it holds; null if it holds no adapter. */
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "version_id")
    public AdapterVersion version;

    /** The commit before it, on other branches than main; null on main. The first of a squashed history is its own. */
    public String parent;

    /** All files: {@link Tree#json}. Up to a megabyte, so lists of commits don't load it. */
    @Basic(fetch = FetchType.LAZY)
    @Mutability(Immutability.class)
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode tree;

    /** Size of {@link #tree} as text; its author's storage. */
    @Column(name = "tree_bytes")
    public long treeBytes;

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    public static Optional<RepositoryCommit> head(Repository repository) {
        return find("repository = ?1 and parent is null order by number desc", repository)
                .firstResultOptional();
    }

    /**
     * Appends a commit to main in the caller's transaction, which holds the lock of the repository.
     *
     * @param version the version whose files it holds; null if it holds no adapter
     */
    public static RepositoryCommit append(
            Repository repository,
            Tree tree,
            String title,
            String message,
            Person author,
            Instant at,
            AdapterVersion version) {
        String head = head(repository).map(commit -> commit.oid).orElse("");
        return append(repository, null, head, tree, title, message, author, at, version);
    }

    /** Appends a commit without an adapter's version to a branch, in the caller's transaction. */
    public static RepositoryCommit append(
            RepositoryRef branch, Tree tree, String title, String message, Person author, Instant at) {
        RepositoryCommit commit =
                append(branch.repository, branch.oid, branch.oid, tree, title, message, author, at, null);
        branch.oid = commit.oid;
        return commit;
    }

    private static RepositoryCommit append(
            Repository repository,
            String parent,
            String before,
            Tree tree,
            String title,
            String message,
            Person author,
            Instant at,
            AdapterVersion version) {
        RepositoryCommit commit = new RepositoryCommit();
        commit.repository = repository;
        commit.parent = parent;
        commit.number = RepositoryCommit.<RepositoryCommit>find("repository = ?1 order by number desc", repository)
                        .firstResultOptional()
                        .map(last -> last.number)
                        .orElse(0)
                + 1;
        commit.title = title;
        commit.message = message;
        commit.author = author;
        commit.createdAt = at.truncatedTo(ChronoUnit.MICROS);
        commit.version = version;
        commit.tree = tree.json();
        String listed = commit.tree.toString();
        commit.treeBytes = listed.getBytes(StandardCharsets.UTF_8).length;
        commit.oid = DigestUtils.sha1Hex(String.join(
                "\0",
                "commit",
                repository.id.toString(),
                before,
                title,
                message,
                author == null ? "" : author.id.toString(),
                commit.createdAt.toString(),
                listed));
        commit.persist();
        repository.updatedAt = commit.createdAt;
        commit.flush();
        for (TreeFile file : tree.files().values()) {
            getEntityManager()
                    .createNativeQuery("insert into repository_blob (repository_id, sha256, person_id)"
                            + " values (?1, ?2, cast(?3 as bigint)) on conflict (repository_id, sha256) do update"
                            + " set received_at = null")
                    .setParameter(1, repository.id)
                    .setParameter(2, file.sha256())
                    .setParameter(3, author == null ? null : author.id)
                    .executeUpdate();
        }
        return commit;
    }

    /** The id of the first commit of each version by its label, newest version first. */
    public static Map<String, String> labels(Repository repository) {
        Map<String, String> labels = new LinkedHashMap<>();
        getEntityManager()
                .createQuery(
                        "select v.label, c.oid from RepositoryCommit c join c.version v where c.repository = ?1"
                                + " order by c.number desc",
                        Object[].class)
                .setParameter(1, repository)
                .getResultList()
                .forEach(row -> labels.put((String) row[0], (String) row[1]));
        return labels;
    }

    /** The ids of all commits up to this one, newest first. */
    public List<String> history() {
        Map<String, String> parents = new LinkedHashMap<>(); // newest first; those on main have none
        getEntityManager()
                .createQuery(
                        "select c.oid, c.parent from RepositoryCommit c where c.repository = ?1 and c.number <= ?2"
                                + " order by c.number desc",
                        Object[].class)
                .setParameter(1, repository)
                .setParameter(2, number)
                .getResultList()
                .forEach(row -> parents.put((String) row[0], (String) row[1]));
        List<String> all = new ArrayList<>();
        String last = oid;
        for (; parents.get(last) != null; last = parents.get(last)) {
            all.add(last);
            if (parents.get(last).equals(last)) return all;
        }
        boolean begun = false;
        for (Map.Entry<String, String> commit : parents.entrySet()) {
            begun = begun || commit.getKey().equals(last);
            if (begun && commit.getValue() == null) all.add(commit.getKey());
        }
        return all;
    }
}
