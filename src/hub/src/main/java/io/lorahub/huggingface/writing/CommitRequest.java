package io.lorahub.huggingface.writing;

import io.lorahub.adapter.repository.Tree;
import io.lorahub.adapter.repository.TreeFile;
import io.lorahub.huggingface.GitIds;
import io.lorahub.huggingface.HubErrors;
import io.lorahub.huggingface.HubRepository;
import io.lorahub.storage.Blob;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A commit as a client sends it, and what its operations make of the files of its parent.
 *
 * @param parent the commit that it expects at the head; null if that does not matter
 */
record CommitRequest(String title, String message, String parent, List<Operation> operations) {

    /** A change of one file or folder. */
    sealed interface Operation {

        String path();
    }

    /** A file whose content came with the request. */
    record Add(String path, StagedFile content) implements Operation {}

    /** A file of Git LFS whose content the repository has already. */
    record Reuse(String path, String sha256) implements Operation {}

    record DeleteFile(String path) implements Operation {}

    record DeleteFolder(String path) implements Operation {}

    List<StagedFile> staged() {
        return operations.stream()
                .filter(Add.class::isInstance)
                .map(add -> ((Add) add).content())
                .toList();
    }

    /** @throws ProblemException if something to delete does not exist */
    Set<String> deleted(HubRepository repository, Tree before) {
        Set<String> deleted = new HashSet<>();
        for (Operation operation : operations) {
            String path = operation.path();
            boolean exists = true;
            if (operation instanceof DeleteFile && before.file(path).isPresent()) {
                deleted.add(path);
            } else if (operation instanceof DeleteFile || operation instanceof DeleteFolder) {
                exists = before.isFolder(path); // clients may not know that a path is a folder's
                before.below(path).forEach(file -> deleted.add(file.path()));
            }
            if (!exists) throw HubErrors.noEntryToDelete(repository.id(), path);
        }
        return deleted;
    }

    /**
     * The files of the repository once the operations are applied.
     *
     * @param before  the files of its head
     * @param deleted of them, as {@link #deleted} says
     * @throws ProblemException if the repository does not have a content that the commit names
     */
    Tree after(HubRepository repository, Tree before, Set<String> deleted, GitIds ids) {
        SortedMap<String, TreeFile> files = new TreeMap<>(before.files());
        files.keySet().removeAll(deleted);
        for (Operation operation : operations) {
            String path = operation.path();
            if (operation instanceof Add add) {
                files.put(
                        path, ids.file(path, add.content().size(), add.content().sha256()));
            } else if (operation instanceof Reuse reuse) {
                files.put(path, TreeFile.lfs(path, size(repository, reuse), reuse.sha256()));
            }
        }
        Tree after = new Tree(files);
        for (Operation operation : operations) {
            if (after.file(operation.path()).isPresent()) requireNoFileAndFolder(after, operation.path());
        }
        return after;
    }

    /**
     * Without the pickles that came before there was an adapter, such as the state of a trainer. Those of this commit are
     * refused, so that nothing that somebody sends is left out in silence.
     */
    Tree withoutPickles(Tree tree) {
        List<FieldError> sent = operations.stream()
                .map(Operation::path)
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
    private static long size(HubRepository repository, Reuse reuse) {
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
