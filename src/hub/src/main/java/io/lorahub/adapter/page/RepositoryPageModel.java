package io.lorahub.adapter.page;

import io.lorahub.adapter.Repository;
import io.lorahub.adapter.page.AdapterPageModel.ViewerRights;
import io.lorahub.adapter.repository.RepositoryCommit;
import io.lorahub.adapter.repository.RepositoryRef;
import io.lorahub.adapter.repository.Tree;
import io.lorahub.adapter.repository.TreeFile;
import jakarta.ws.rs.core.UriBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The contents of the page of a repository without an adapter.
 *
 * @param branches main, then others in order of their names, as many as fit
 * @param moreBranches number of further ones
 * @param commits the newest of main
 * @param moreCommits number of earlier ones
 * @param address the page's full address
 */
public record RepositoryPageModel(
        Repository repository,
        List<Branch> branches,
        long moreBranches,
        List<Change> commits,
        long moreCommits,
        ViewerRights rights,
        String address) {

    private static final int BRANCHES = 10;
    private static final int COMMITS = 20;

    /** @param address of the repository, {@code publisher/name} */
    public record Branch(String address, String name, List<TreeFile> files) {

        /** In bytes. */
        public long size() {
            return files.stream().mapToLong(TreeFile::size).sum();
        }

        /** Path from which a file is downloaded. */
        public String href(TreeFile file) {
            return UriBuilder.fromPath("/{address}/resolve/{branch}/{file}")
                    .resolveTemplate("address", address, false)
                    .resolveTemplate("branch", name)
                    .resolveTemplate("file", file.path(), false)
                    .build()
                    .toString();
        }
    }

    /** A commit. @param author account name; null if nobody is known */
    public record Change(String oid, String title, Instant at, String author) {

        public String shortOid() {
            return oid.substring(0, 7);
        }
    }

    static RepositoryPageModel of(Repository repository, ViewerRights rights, String address) {
        String id = repository.address();
        List<Branch> branches = new ArrayList<>();
        branches.add(new Branch(
                id,
                "main",
                RepositoryCommit.head(repository)
                        .map(RepositoryPageModel::files)
                        .orElse(List.of())));
        List<RepositoryRef> others = RepositoryRef.all(repository.id).stream()
                .filter(ref -> ref.branch)
                .toList();
        others.stream()
                .limit(BRANCHES)
                .forEach(ref -> branches.add(new Branch(id, ref.name, files(RepositoryCommit.findById(ref.oid)))));
        List<Change> commits = RepositoryCommit.getEntityManager()
                .createQuery(
                        "select c.oid, c.title, c.createdAt, a.name from RepositoryCommit c left join c.author a"
                                + " where c.repository = ?1 and c.parent is null order by c.number desc",
                        Change.class)
                .setParameter(1, repository)
                .setMaxResults(COMMITS)
                .getResultList();
        return new RepositoryPageModel(
                repository,
                branches,
                Math.max(0, others.size() - BRANCHES),
                commits,
                RepositoryCommit.count("repository = ?1 and parent is null", repository) - commits.size(),
                rights,
                address);
    }

    private static List<TreeFile> files(RepositoryCommit commit) {
        return List.copyOf(Tree.read(commit.tree).files().values());
    }

    public String path() {
        return repository.page();
    }

    public String publisherPath() {
        return "/" + repository.publisher.name;
    }

    public String editPath() {
        return path() + "/edit";
    }

    public String appealPath() {
        return path() + "/appeal";
    }

    public String casePath() {
        return "/moderation/cases" + path();
    }
}
