package io.lorahub.huggingface.writing;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.repository.RepositoryCommit;
import io.lorahub.adapter.repository.RepositoryRef;
import io.lorahub.huggingface.Commit;
import io.lorahub.huggingface.HubRepository;
import io.lorahub.huggingface.Repositories;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives storage back: squashes the history of a branch, and takes large files out of all commits. What no commit has any
 * more no longer counts for anybody at once; the nightly sweep deletes it.
 *
 * <p>The commits of versions stay, each without those before it, and so do their files.
 */
@ApplicationScoped
class RepositoryHistory {

    /** All files of all commits of a repository. */
    private static final String FILES = "from repository_commit c cross join lateral jsonb_to_recordset(c.tree)"
            + " as f (path text, sha256 text, lfs boolean, size bigint) where c.repository_id = :repository";

    private final Viewer viewer;
    private final Repositories repositories;
    private final EntityManager database;

    RepositoryHistory(Viewer viewer, Repositories repositories, EntityManager database) {
        this.viewer = viewer;
        this.repositories = repositories;
        this.database = database;
    }

    /**
     * A large file in one or more commits of a repository.
     *
     * @param path in the newest commit that has it
     * @param ref the branch or tag in whose history it is, main first; null if only a version has it
     * @param at when the first of the commits was made
     * @param size in bytes
     */
    record LargeFile(String sha256, String path, String ref, Instant at, long size) {}

    /** A commit without its files. */
    private record Node(String oid, String parent, int number, Long version) {}

    /**
     * Replaces the commits of a branch by one with the same files.
     *
     * @param repository with the head of the branch
     * @throws ProblemException if another commit came first, or the branch was deleted
     */
    Commit squash(HubRepository repository, String branch, String title) {
        Commit head = repository.head().orElseThrow(() -> ProblemException.badRequest("There is no commit yet."));
        return QuarkusTransaction.requiringNew().call(() -> {
            Repository stored = locked(repository);
            Optional<RepositoryRef> ref = RepositoryRef.of(stored.id, true, branch.replaceFirst("^refs/heads/", ""));
            boolean main = branch.equals(HubRepository.MAIN);
            Optional<RepositoryCommit> now = main
                    ? RepositoryCommit.head(stored)
                    : ref.map(branchRef -> RepositoryCommit.findById(branchRef.oid));
            if (now.filter(commit -> commit.oid.equals(head.oid())).isEmpty()) {
                throw ProblemException.conflict("Another commit came first; squash again.");
            }
            RepositoryCommit whole = RepositoryCommit.append(
                    stored, head.tree(), title, "", viewer.require(), Instant.now(), main ? now.get().version : null);
            Commit made = Commit.of(whole);
            ref.filter(branchRef -> !main).ifPresent(branchRef -> branchRef.oid = made.oid());
            database.flush();
            database.clear(); // what follows changes rows, and entities would be written over them
            if (main) leaveMain(stored, made.oid());
            else root(made.oid());
            dropUnreachable(stored);
            dropUnused(stored);
            return made;
        });
    }

    private static Repository locked(HubRepository repository) {
        Repository stored = Repository.locked(repository.stored().orElseThrow());
        if (stored == null) throw ProblemException.conflict("The repository was deleted meanwhile.");
        return stored;
    }

    /** Gives the commits that were on main up to now their parents, because their order was that of main. */
    private void leaveMain(Repository repository, String head) {
        database.createNativeQuery(
                        "update repository_commit c set parent = b.earlier from (select oid,"
                                + " coalesce(lag(oid) over (order by number), oid) as earlier from repository_commit"
                                + " where repository_id = :repository and parent is null and oid <> :head) b where c.oid = b.oid")
                .setParameter("repository", repository.id)
                .setParameter("head", head)
                .executeUpdate();
    }

    /** Marks the first commit of a history that isn't main's: it is its own parent. */
    private void root(String oid) {
        database.createNativeQuery("update repository_commit set parent = oid where oid = :oid")
                .setParameter("oid", oid)
                .executeUpdate();
    }

    /** Deletes the commits that are in the history of no branch and no tag, other than the first of each version. */
    private void dropUnreachable(Repository repository) {
        Map<String, Node> all = nodes(repository);
        Set<String> reachable = new HashSet<>();
        all.values().stream().filter(node -> node.parent() == null).forEach(node -> reachable.add(node.oid()));
        for (RepositoryRef ref : RepositoryRef.<RepositoryRef>list("repository", repository)) {
            Node node = all.get(ref.oid);
            while (node != null && reachable.add(node.oid())) node = all.get(node.parent());
        }
        Map<Long, Node> versions = new HashMap<>(); // a version's label names its first commit
        all.values().stream()
                .filter(node -> node.version() != null)
                .forEach(node -> versions.merge(
                        node.version(), node, (one, other) -> one.number() < other.number() ? one : other));
        for (Node node : versions.values()) if (reachable.add(node.oid())) root(node.oid());
        Set<String> gone = new HashSet<>(all.keySet());
        gone.removeAll(reachable);
        if (gone.isEmpty()) return;
        database.createNativeQuery("delete from repository_commit where oid = any(:gone)")
                .setParameter("gone", gone.toArray(String[]::new))
                .executeUpdate();
    }

    private Map<String, Node> nodes(Repository repository) {
        List<Object[]> rows = database.createNativeQuery(
                        "select oid, parent, number, version_id from repository_commit where repository_id = :repository",
                        Object[].class)
                .setParameter("repository", repository.id)
                .getResultList();
        return rows.stream()
                .map(row -> new Node(
                        (String) row[0],
                        (String) row[1],
                        ((Number) row[2]).intValue(),
                        row[3] == null ? null : ((Number) row[3]).longValue()))
                .collect(Collectors.toMap(Node::oid, node -> node));
    }

    /** Contents that were sent for a commit to come are not concerned. */
    private void dropUnused(Repository repository) {
        database.createNativeQuery(
                        "delete from repository_blob where repository_id = :repository and received_at is null"
                                + " and sha256 not in (select f.sha256 " + FILES + ")")
                .setParameter("repository", repository.id)
                .executeUpdate();
    }

    /** The files of Git LFS in all commits, by path. */
    List<LargeFile> largeFiles(HubRepository repository) {
        return QuarkusTransaction.requiringNew().call(() -> {
            Repository stored = Repository.findById(repository.stored().orElseThrow());
            Map<String, String> refs = refs(stored);
            List<Object[]> rows = database.createNativeQuery(
                            "select f.sha256, (array_agg(f.path order by c.number desc))[1],"
                                    + " (array_agg(c.oid order by c.number desc))[1], bool_or(c.parent is null),"
                                    + " min(c.created_at), max(f.size) " + FILES + " and f.lfs group by f.sha256"
                                    + " order by 2, 1",
                            Object[].class)
                    .setParameter("repository", stored.id)
                    .getResultList();
            return rows.stream()
                    .map(row -> new LargeFile(
                            (String) row[0],
                            (String) row[1],
                            (boolean) row[3] ? "refs/heads/" + HubRepository.MAIN : refs.get((String) row[2]),
                            (Instant) row[4],
                            ((Number) row[5]).longValue()))
                    .toList();
        });
    }

    /** A branch or tag for each commit that isn't on main: one in whose history it is. */
    private Map<String, String> refs(Repository repository) {
        Map<String, Node> all = nodes(repository);
        Map<String, String> refs = new HashMap<>();
        List<RepositoryRef> branchesFirst =
                RepositoryRef.list("repository = ?1 order by branch desc, name", repository);
        for (RepositoryRef ref : branchesFirst) {
            String name = (ref.branch ? "refs/heads/" : "refs/tags/") + ref.name;
            Node node = all.get(ref.oid);
            while (node != null && refs.putIfAbsent(node.oid(), name) == null) node = all.get(node.parent());
        }
        return refs;
    }

    /**
     * Takes files out of all commits; the commits keep their ids.
     *
     * @throws ProblemException if a published version has one of them; nothing has been changed then
     */
    void deleteLargeFiles(HubRepository repository, Collection<String> hashes) {
        if (hashes.isEmpty()) return;
        QuarkusTransaction.requiringNew().run(() -> {
            Repository stored = locked(repository);
            requireNotOfVersion(stored, hashes);
            database.createNativeQuery("update repository_commit c set tree = coalesce((select jsonb_agg(f order by n)"
                            + " from jsonb_array_elements(c.tree) with ordinality as e (f, n)"
                            + " where not (cast(f ->> 'lfs' as boolean) and f ->> 'sha256' in (:hashes))), '[]')"
                            + " where c.repository_id = :repository and exists (select 1"
                            + " from jsonb_array_elements(c.tree) f where f ->> 'sha256' in (:hashes))")
                    .setParameter("hashes", hashes)
                    .setParameter("repository", stored.id)
                    .executeUpdate();
            database.createNativeQuery("update repository_commit set tree_bytes = octet_length(cast(tree as text))"
                            + " where repository_id = :repository")
                    .setParameter("repository", stored.id)
                    .executeUpdate();
            dropUnused(stored);
        });
    }

    private void requireNotOfVersion(Repository repository, Collection<String> hashes) {
        if (repository.adapter == null) return;
        List<String> versions = database.createNativeQuery(
                        "select distinct v.label from adapter_version v join version_file f on f.version_id = v.id"
                                + " where v.adapter_id = :adapter and f.sha256 in (:hashes) order by v.label",
                        String.class)
                .setParameter("adapter", repository.adapter.id)
                .setParameter("hashes", hashes)
                .getResultList();
        if (versions.isEmpty()) return;
        throw ProblemException.conflict(
                "Versions keep their files, and %s %s one of these. Leave the weights of versions out of the list."
                        .formatted(String.join(", ", versions), versions.size() == 1 ? "has" : "have"));
    }
}
