package io.lorahub.huggingface.writing;

import io.lorahub.adapter.repository.Tree;
import io.lorahub.adapter.repository.TreeFile;
import io.lorahub.huggingface.GitIds;
import io.lorahub.huggingface.HubErrors;
import io.lorahub.huggingface.HubRepository;
import io.lorahub.storage.Blob;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the operations of a commit make of the files of its parent. */
@ApplicationScoped
class CommitTrees {

    private final GitIds ids;

    CommitTrees(GitIds ids) {
        this.ids = ids;
    }

    /** @throws ProblemException if something to delete does not exist */
    Set<String> deleted(HubRepository repository, Tree before, CommitRequest request) {
        Set<String> deleted = new HashSet<>();
        for (CommitRequest.Operation operation : request.operations()) {
            String path = operation.path();
            boolean exists = true;
            if (operation instanceof CommitRequest.DeleteFile
                    && before.file(path).isPresent()) {
                deleted.add(path);
            } else if (operation instanceof CommitRequest.DeleteFile
                    || operation instanceof CommitRequest.DeleteFolder) {
                exists = before.isFolder(path); // clients may not know that a path is a folder's
                before.below(path).forEach(file -> deleted.add(file.path()));
            }
            if (!exists) throw HubErrors.noEntryToDelete(repository.id(), path);
        }
        return deleted;
    }

    /** @throws ProblemException if the repository does not have a content that the commit names */
    Tree after(HubRepository repository, Tree before, Set<String> deleted, CommitRequest request) {
        SortedMap<String, TreeFile> files = new TreeMap<>(before.files());
        files.keySet().removeAll(deleted);
        for (CommitRequest.Operation operation : request.operations()) {
            String path = operation.path();
            if (operation instanceof CommitRequest.Add add) {
                files.put(
                        path, ids.file(path, add.content().size(), add.content().sha256()));
            } else if (operation instanceof CommitRequest.Reuse reuse) {
                files.put(path, TreeFile.lfs(path, size(repository, reuse), reuse.sha256()));
            }
        }
        Tree after = new Tree(files);
        for (CommitRequest.Operation operation : request.operations()) {
            if (after.file(operation.path()).isPresent()) requireNoFileAndFolder(after, operation.path());
        }
        return after;
    }

    /**
     * Without the pickles that came before there was an adapter, such as the state of a trainer. Those of this commit are
     * refused, so that nothing that somebody sends is left out in silence.
     */
    static Tree withoutPickles(Tree tree, CommitRequest request) {
        List<FieldError> sent = request.operations().stream()
                .map(CommitRequest.Operation::path)
                .filter(path -> RepositoryPath.isPickle(path) && tree.file(path).isPresent())
                .map(path -> new FieldError(
                        "files",
                        "%s is a pickle, which runs code when it is loaded; leave it out or delete it."
                                .formatted(path)))
                .toList();
        if (!sent.isEmpty()) throw ProblemException.invalid(sent);
        SortedMap<String, TreeFile> files = new TreeMap<>(tree.files());
        files.keySet().removeIf(RepositoryPath::isPickle);
        return new Tree(files);
    }

    /** Nobody could download a file and a folder of one name into one place. */
    private static void requireNoFileAndFolder(Tree tree, String path) {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            String folder = path.substring(0, slash);
            if (tree.file(folder).isPresent()) throw fileAndFolder(folder);
        }
        if (tree.isFolder(path)) throw fileAndFolder(path);
    }

    private static ProblemException fileAndFolder(String path) {
        return ProblemException.invalid(
                "files", "%s would be a file and a folder. Delete one of them in the same commit.".formatted(path));
    }

    /** Size of a content that the repository has; others could be somebody's private files. */
    private static long size(HubRepository repository, CommitRequest.Reuse reuse) {
        boolean named = reuse.sha256().matches("[0-9a-f]{64}");
        Optional<Long> size = !named
                ? Optional.empty()
                : QuarkusTransaction.requiringNew()
                        .call(() -> Blob.getEntityManager()
                                .createNativeQuery(
                                        "select b.size from repository_blob r join blob b using (sha256)"
                                                + " where r.repository_id = ?1 and r.sha256 = ?2",
                                        Long.class)
                                .setParameter(1, repository.stored().orElseThrow())
                                .setParameter(2, reuse.sha256())
                                .getResultStream()
                                .map(Long.class::cast)
                                .findFirst());
        return size.orElseThrow(() ->
                ProblemException.invalid("files", "The content of %s has not been sent.".formatted(reuse.path())));
    }
}
