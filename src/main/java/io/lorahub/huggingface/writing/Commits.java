package io.lorahub.huggingface.writing;

import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.editing.AdapterEditing;
import io.lorahub.huggingface.Commit;
import io.lorahub.huggingface.GitIds;
import io.lorahub.huggingface.HubErrors;
import io.lorahub.huggingface.HubRepository;
import io.lorahub.huggingface.ModelCardText;
import io.lorahub.huggingface.Repository;
import io.lorahub.huggingface.RepositoryCommit;
import io.lorahub.huggingface.RepositoryRef;
import io.lorahub.huggingface.Tree;
import io.lorahub.huggingface.TreeFile;
import io.lorahub.huggingface.VersionCommits;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.upkeep.Sweep;
import io.lorahub.upload.Draft;
import io.lorahub.upload.readme.Readme;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Applies commits. A commit with other weights or another configuration becomes a version, and one with another
 * README.md changes the card; both only if they pass the same checks as on the pages. Other files are kept as they are.
 */
@ApplicationScoped
class Commits {

    private static final String CONFIG = "adapter_config.json";
    private static final List<String> WEIGHTS = List.of("adapter_model.safetensors", "adapter_model.bin");
    private static final int MOST_FILES = 2000;

    private final Viewer viewer;
    private final Blobs blobs;
    private final ObjectStore store;
    private final Sweep sweep;
    private final GitIds ids;
    private final CommitTrees trees;
    private final CommitPublishing publishing;
    private final AdapterEditing editing;

    Commits(
            Viewer viewer,
            Blobs blobs,
            ObjectStore store,
            Sweep sweep,
            GitIds ids,
            CommitTrees trees,
            CommitPublishing publishing,
            AdapterEditing editing) {
        this.viewer = viewer;
        this.blobs = blobs;
        this.store = store;
        this.sweep = sweep;
        this.ids = ids;
        this.trees = trees;
        this.publishing = publishing;
        this.editing = editing;
    }

    /**
     * @param repository with the head of the branch
     * @return the new head; the current one if the commit changes nothing
     * @throws ProblemException with everything that prevents the commit; nothing has been changed then
     */
    Commit apply(HubRepository repository, String branch, CommitRequest request) {
        boolean done = false;
        try {
            Commit head = applied(repository, branch, request);
            done = true;
            return head;
        } finally {
            if (!done) discard(request.staged());
        }
    }

    private void discard(List<StagedFile> staged) {
        staged.forEach(file -> store.delete(file.key()));
        sweep.drop(staged.stream().map(StagedFile::sha256).collect(Collectors.toSet()));
    }

    private Commit applied(HubRepository repository, String branch, CommitRequest request) {
        Tree before = repository.head().map(Commit::tree).orElse(Tree.EMPTY);
        String parent = request.parent();
        if (parent != null
                && repository
                        .head()
                        .filter(head -> head.oid().startsWith(parent))
                        .isEmpty()) {
            throw HubErrors.overtaken();
        }
        // nothing is published before the paths are known to be sound
        Set<String> deleted = trees.deleted(repository, before, request);
        if (before.files().size() + request.operations().size() > MOST_FILES) {
            throw ProblemException.tooLarge("A repository can have at most %,d files.".formatted(MOST_FILES));
        }
        try (HeldBlobs held = blobs.publish(request.staged())) {
            Tree after = trees.after(repository, before, deleted, request);
            if (after.equals(before) && repository.head().isPresent())
                return repository.head().get();
            return branch.equals(HubRepository.MAIN)
                    ? store(repository, before, after, request)
                    : storeOnBranch(repository, branch, before, after, request);
        }
    }

    /** Other branches hold no other adapters than main, because what is on them is not checked. */
    private Commit storeOnBranch(
            HubRepository repository, String branch, Tree before, Tree after, CommitRequest request) {
        if (!samePart(before, after)) {
            throw ProblemException.invalid(
                    "files", "Commit the adapter's configuration and weights to main, where they are checked.");
        }
        Tree kept = weights(after).isPresent() ? withoutPickles(after, request) : after;
        return QuarkusTransaction.requiringNew().call(() -> {
            Repository stored = Repository.locked(repository.stored().orElseThrow());
            RepositoryRef ref = stored == null
                    ? null
                    : RepositoryRef.of(stored.id, true, branch.replaceFirst("^refs/heads/", ""))
                            .orElse(null);
            if (ref == null) throw ProblemException.conflict("The branch was deleted meanwhile.");
            return Commit.of(RepositoryCommit.append(
                    ref, kept, request.title(), request.message(), viewer.require(), Instant.now()));
        });
    }

    private Commit store(HubRepository repository, Tree before, Tree wanted, CommitRequest request) {
        boolean had = repository.adapter().isPresent();
        boolean has = wanted.file(CONFIG).isPresent() && weights(wanted).isPresent();
        if (had && !has) {
            throw ProblemException.invalid(
                    "files",
                    "An adapter needs adapter_config.json and its weights; delete the whole repository instead.");
        }
        Tree after = has ? withoutPickles(wanted, request) : wanted;
        if (has && (!had || !samePart(before, after))) return publish(repository, before, after, request);
        if (had && !before.file(VersionCommits.README).equals(after.file(VersionCommits.README))) {
            after.file(VersionCommits.README).ifPresent(readme -> changeCard(repository, readme));
        }
        return append(repository.stored().orElseThrow(), after, request, null);
    }

    private static Optional<TreeFile> weights(Tree tree) {
        return WEIGHTS.stream().flatMap(name -> tree.file(name).stream()).findFirst();
    }

    private static boolean samePart(Tree before, Tree after) {
        return before.file(CONFIG).equals(after.file(CONFIG)) && weights(before).equals(weights(after));
    }

    /**
     * Without the pickles that came before there was an adapter, such as the state of a trainer. Those of this commit are
     * refused, so that nothing that somebody sends is left out in silence.
     */
    private static Tree withoutPickles(Tree tree, CommitRequest request) {
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

    private Commit publish(HubRepository repository, Tree before, Tree after, CommitRequest request) {
        boolean sameReadme = before.file(VersionCommits.README).equals(after.file(VersionCommits.README));
        Draft card = sameReadme && repository.adapter().isPresent()
                ? Draft.EMPTY
                : after.file(VersionCommits.README).map(this::draft).orElse(Draft.EMPTY);
        AdapterVersion version = publishing.publish(repository, after, card, request);
        SortedMap<String, TreeFile> files = new TreeMap<>(after.files());
        files.remove(WEIGHTS.get(1)); // the checks have converted it
        String safetensors = WEIGHTS.get(0);
        String sha256 = version.files.get(safetensors);
        long size = QuarkusTransaction.requiringNew().call(() -> blobs.size(sha256));
        files.put(safetensors, TreeFile.lfs(safetensors, size, sha256));
        String config = version.files.get(CONFIG);
        files.computeIfPresent(
                CONFIG,
                (name, sent) -> sent.sha256().equals(config)
                        ? sent
                        : ids.file(name, QuarkusTransaction.requiringNew().call(() -> blobs.size(config)), config));
        return append(repository.stored().orElseThrow(), new Tree(files), request, version.id);
    }

    private Draft draft(TreeFile readme) {
        if (readme.size() > TreeFile.LARGEST_REGULAR) {
            throw ProblemException.tooLarge(
                    "README.md has %,d bytes; the limit is %,d.".formatted(readme.size(), TreeFile.LARGEST_REGULAR));
        }
        return Readme.of(text(readme)).draft();
    }

    private void changeCard(HubRepository repository, TreeFile readme) {
        Draft said = draft(readme);
        QuarkusTransaction.requiringNew()
                .run(() -> editing.change(Adapter.findById(repository.adapter().orElseThrow().id), said.json()));
    }

    /** @param versionId of the version that the commit made; null for that of the head */
    private Commit append(Long repositoryId, Tree tree, CommitRequest request, Long versionId) {
        return QuarkusTransaction.requiringNew().call(() -> {
            AdapterVersion version = versionId == null ? null : AdapterVersion.findById(versionId);
            Repository repository =
                    version == null ? Repository.locked(repositoryId) : VersionCommits.lock(version.adapter);
            if (repository == null) throw ProblemException.conflict("The repository was deleted meanwhile.");
            if (version == null) {
                version = RepositoryCommit.head(repository)
                        .map(head -> head.version)
                        .orElse(null);
            }
            if (repository.adapter != null) {
                repository.cardSha256 = DigestUtils.sha256Hex(
                        ModelCardText.of(repository.adapter).getBytes(StandardCharsets.UTF_8));
            }
            Person author = viewer.require();
            return Commit.of(RepositoryCommit.append(
                    repository, tree, request.title(), request.message(), author, Instant.now(), version));
        });
    }

    /** The rules of the repository for files to leave out; empty if it has none. */
    String gitIgnore(HubRepository repository) {
        return repository
                .head()
                .flatMap(head -> head.tree().file(".gitignore"))
                .filter(file -> file.size() <= TreeFile.LARGEST_REGULAR)
                .map(this::text)
                .orElse("");
    }

    private String text(TreeFile file) {
        try (InputStream content = blobs.open(file.sha256(), 0, file.size())) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Whether a commit with these files holds an adapter, now or together with what the repository has, or a trainer's
     * checkpoint of one.
     */
    static boolean concernsAdapter(HubRepository repository, Map<String, Long> files) {
        return repository.adapter().isPresent()
                || files.keySet().stream()
                        .map(path -> path.substring(path.lastIndexOf('/') + 1))
                        .anyMatch(name -> name.equals(CONFIG) || WEIGHTS.contains(name));
    }
}
