package io.lorahub.huggingface.writing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.editing.AdapterEditing;
import io.lorahub.adapter.fingerprint.FingerprintIndex.Similar;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.adapter.publication.PublishingRules;
import io.lorahub.adapter.repository.RepositoryCommit;
import io.lorahub.adapter.repository.RepositoryRef;
import io.lorahub.adapter.repository.Tree;
import io.lorahub.adapter.repository.TreeFile;
import io.lorahub.engine.lora.config.BaseModelTwins;
import io.lorahub.huggingface.Commit;
import io.lorahub.huggingface.GitIds;
import io.lorahub.huggingface.HubErrors;
import io.lorahub.huggingface.HubRepository;
import io.lorahub.huggingface.Repositories;
import io.lorahub.huggingface.VersionCommits;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.upload.Draft;
import io.lorahub.upload.FileEntry;
import io.lorahub.upload.FilePath;
import io.lorahub.upload.FileRelease;
import io.lorahub.upload.MemberStorage;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadTarget;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.check.UploadChecks;
import io.lorahub.upload.publication.UploadPublishing;
import io.lorahub.upload.readme.Readme;
import io.lorahub.upload.transfer.UploadReceiver;
import io.lorahub.upload.transfer.UploadReceiver.StoredFile;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Applies commits. A commit with other weights or another configuration becomes a version, and one with another
 * README.md changes the card; both only if they pass the same checks as on the pages. Other files are kept as they are.
 */
@ApplicationScoped
class Commits {

    private static final String CONFIG = "adapter_config.json";
    private static final List<String> WEIGHTS = List.of("adapter_model.safetensors", "adapter_model.bin");
    private static final int MOST_FILES = 2000;

    /** Each keeps the list of all files. */
    private static final int MOST_COMMITS = 2000;

    /** Of all paths together: each answer about a commit has them. */
    private static final int MOST_CHARACTERS = 250_000;

    /** For READMEs that name none; the page then says that the author has not chosen one from the list. */
    private static final String NO_LICENCE = "other";

    /** Weights of a whole model beside the README, as {@code push_to_hub} of other libraries writes them. */
    private static final Pattern OTHER_WEIGHTS =
            Pattern.compile("[^/]+\\.(?:safetensors|bin|pt|pth|ckpt|h5|msgpack|onnx|gguf)");

    /** Of a commit whose repository others commit to at the same time. */
    private static final int MOST_ATTEMPTS = 100;

    private final Viewer viewer;
    private final Repositories repositories;
    private final Blobs blobs;
    private final FileRelease release;
    private final GitIds ids;
    private final AdapterEditing editing;
    private final Uploads uploads;
    private final UploadReceiver receiver;
    private final UploadChecks checks;
    private final UploadPublishing publishing;
    private final MemberStorage storage;

    Commits(
            Viewer viewer,
            Repositories repositories,
            Blobs blobs,
            FileRelease release,
            GitIds ids,
            AdapterEditing editing,
            Uploads uploads,
            UploadReceiver receiver,
            UploadChecks checks,
            UploadPublishing publishing,
            MemberStorage storage) {
        this.storage = storage;
        this.viewer = viewer;
        this.repositories = repositories;
        this.blobs = blobs;
        this.release = release;
        this.ids = ids;
        this.editing = editing;
        this.uploads = uploads;
        this.receiver = receiver;
        this.checks = checks;
        this.publishing = publishing;
    }

    /**
     * @param repository with the head of the branch
     * @param left       ends when the client leaves
     * @return the new head, or the current one if the commit changes nothing; or a {@link ProblemException} with everything
     *     that prevents the commit: nothing has been changed then
     */
    Uni<Commit> apply(HubRepository repository, String branch, CommitRequest request, Uni<Void> left) {
        return Uni.createFrom()
                .deferred(() -> applied(repository, branch, request, left))
                .onFailure()
                .invoke(() -> release.staged(request.staged()));
    }

    private Uni<Commit> applied(HubRepository repository, String branch, CommitRequest request, Uni<Void> left) {
        deleted(repository, request); // nothing is published before the paths are known to be sound
        HeldBlobs held = blobs.publish(request.staged());
        return attempt(repository, branch, request, left, 1).eventually(held::close);
    }

    private Uni<Commit> attempt(
            HubRepository repository, String branch, CommitRequest request, Uni<Void> left, int number) {
        return Uni.createFrom()
                .deferred(() -> applied(repository, branch, deleted(repository, request), request, left))
                .onFailure(HeadMovedException.class)
                .recoverWithUni(() -> {
                    if (number == MOST_ATTEMPTS) {
                        throw ProblemException.conflict(
                                "Too many commits to this repository arrive at once; send yours again.");
                    }
                    HubRepository current = repositories.atBranch(repositories.writable(repository.id()), branch);
                    return attempt(current, branch, request, left, number + 1);
                });
    }

    /** @throws ProblemException if the operations don't fit the head */
    private Set<String> deleted(HubRepository repository, CommitRequest request) {
        String parent = request.parent();
        if (parent != null
                && repository
                        .head()
                        .filter(head -> head.oid().startsWith(parent))
                        .isEmpty()) {
            throw HubErrors.overtaken();
        }
        Tree before = tree(repository);
        if (before.files().size() + request.operations().size() > MOST_FILES) {
            throw ProblemException.tooLarge("A repository can have at most %,d files.".formatted(MOST_FILES));
        }
        long commits = repository
                .stored()
                .map(id -> QuarkusTransaction.requiringNew().call(() -> RepositoryCommit.count("repository.id", id)))
                .orElse(0L);
        if (commits >= MOST_COMMITS) {
            throw ProblemException.conflict(
                    "The repository has %,d commits. Squash its history (super_squash_history), then commit again."
                            .formatted(commits));
        }
        return request.deleted(repository, before);
    }

    private static Tree tree(HubRepository repository) {
        return repository.head().map(Commit::tree).orElse(Tree.EMPTY);
    }

    /** Fails with a {@link HeadMovedException} if another commit came first; nothing has been changed then. */
    private Uni<Commit> applied(
            HubRepository repository, String branch, Set<String> deleted, CommitRequest request, Uni<Void> left) {
        Tree before = tree(repository);
        Tree after = request.after(repository, before, deleted, ids);
        if (after.characters() > Math.max(MOST_CHARACTERS, before.characters())) {
            throw ProblemException.tooLarge(
                    "The paths of a repository can have at most %,d characters together.".formatted(MOST_CHARACTERS));
        }
        if (after.equals(before) && repository.head().isPresent())
            return Uni.createFrom().item(repository.head().get());
        QuarkusTransaction.requiringNew()
                .run(() -> storage.requireRoom(author(), after.json().toString().length()));
        return branch.equals(HubRepository.MAIN)
                ? store(repository, before, after, request, left)
                : Uni.createFrom().item(storeOnBranch(repository, branch, before, after, request));
    }

    /** Other branches hold no other adapters than main, because what is on them is not checked. */
    private Commit storeOnBranch(
            HubRepository repository, String branch, Tree before, Tree after, CommitRequest request) {
        if (!samePart(before, after)) {
            throw ProblemException.invalid(
                    "files", "Commit the adapter's configuration and weights to main, where they are checked.");
        }
        Tree kept = weights(after).isPresent() ? request.withoutPickles(after) : after;
        return QuarkusTransaction.requiringNew().call(() -> {
            Repository stored = Repository.locked(repository.stored().orElseThrow());
            RepositoryRef ref = stored == null
                    ? null
                    : RepositoryRef.of(stored.id, true, branch.replaceFirst("^refs/heads/", ""))
                            .orElse(null);
            if (ref == null) throw ProblemException.conflict("The branch was deleted meanwhile.");
            requireHead(repository, RepositoryCommit.findById(ref.oid));
            return Commit.of(
                    RepositoryCommit.append(ref, kept, request.title(), request.message(), author(), Instant.now()));
        });
    }

    private Uni<Commit> store(
            HubRepository repository, Tree before, Tree requested, CommitRequest request, Uni<Void> left) {
        boolean had = repository.adapter().isPresent();
        boolean has = requested.file(CONFIG).isPresent() && weights(requested).isPresent();
        if (had && !has) {
            throw ProblemException.invalid(
                    "files",
                    "An adapter needs adapter_config.json and its weights; delete the whole repository instead.");
        }
        Tree after = has ? request.withoutPickles(requested) : requested;
        if (has && (!had || !samePart(before, after))) return publish(repository, before, after, request, left);
        Optional<Draft> card = had && !before.file(VersionCommits.README).equals(after.file(VersionCommits.README))
                ? after.file(VersionCommits.README).map(this::draft)
                : Optional.empty();
        requireWrittenCard(repository);
        Commit made = QuarkusTransaction.requiringNew().call(() -> {
            card.ifPresent(
                    said -> editing.change(Adapter.findById(repository.adapter().orElseThrow().id), said.json()));
            return append(repository, after, request, null);
        });
        return Uni.createFrom().item(made);
    }

    private static Optional<TreeFile> weights(Tree tree) {
        return WEIGHTS.stream().flatMap(name -> tree.file(name).stream()).findFirst();
    }

    private static boolean samePart(Tree before, Tree after) {
        return before.file(CONFIG).equals(after.file(CONFIG)) && weights(before).equals(weights(after));
    }

    /** Has the adapter checked as an upload, and publishes it in the transaction that makes its commit. */
    private Uni<Commit> publish(
            HubRepository repository, Tree before, Tree after, CommitRequest request, Uni<Void> left) {
        boolean sameReadme = before.file(VersionCommits.README).equals(after.file(VersionCommits.README));
        Draft card = sameReadme && repository.adapter().isPresent()
                ? Draft.EMPTY
                : after.file(VersionCommits.README).map(this::draft).orElse(Draft.EMPTY);
        Draft said = repository.adapter().isPresent() ? noted(card, request) : complete(card, repository);
        UUID upload = receive(repository, after);
        return checks.ended(upload, left)
                .map(ended -> {
                    repository.adapter().ifPresent(adapter -> requireSameBase(upload, adapter));
                    List<Similar> near = publishing.near(upload);
                    requireWrittenCard(repository);
                    return QuarkusTransaction.requiringNew().call(() -> {
                        AdapterVersion version = publishing.publish(upload, said, near);
                        return append(repository, ofVersion(version, after), request, version);
                    });
                })
                .onFailure(ProblemException.class)
                .transform(e -> forClients((ProblemException) e, repository.id()))
                .onFailure()
                .invoke(() -> cancel(upload));
    }

    /** The files of the adapter as an upload, whose checks are queued. */
    private UUID receive(HubRepository repository, Tree tree) {
        List<FileEntry> files = new ArrayList<>();
        Map<String, String> hashes = new HashMap<>();
        for (String name : List.of(CONFIG, WEIGHTS.get(0), WEIGHTS.get(1), VersionCommits.README)) {
            if (name.equals(WEIGHTS.get(1)) && hashes.containsKey(WEIGHTS.get(0))) continue;
            tree.file(name).ifPresent(file -> {
                files.add(new FileEntry(FilePath.of(name), file.size(), files.size()));
                hashes.put(name, file.sha256());
            });
        }
        String[] address = repository.id().split("/", 2);
        UploadTarget target = repository.adapter().isPresent()
                ? new UploadTarget(null, repository.id())
                : new UploadTarget(address[0], null, address[1]);
        Map<String, StoredFile> stored = receiver.stored(hashes);
        long here = files.stream()
                .filter(file -> stored.containsKey(file.name().name()))
                .mapToLong(FileEntry::size)
                .sum();
        return QuarkusTransaction.requiringNew().call(() -> {
            Upload upload = uploads.announce(files, target, here).get(0);
            receiver.take(upload, stored);
            return upload.id;
        });
    }

    /** Without the rights of the member, whose request has ended if the client has left. */
    private void cancel(UUID id) {
        QuarkusTransaction.requiringNew().run(() -> Upload.locked(id).ifPresent(uploads::cancel));
    }

    private static ProblemException forClients(ProblemException e, String repository) {
        return e.causes().isEmpty() ? e : ProblemException.invalid(forClients(e.causes(), repository));
    }

    /** A version for another base model would be loaded wrongly by everybody who follows the name. */
    private static void requireSameBase(UUID id, Adapter adapter) {
        QuarkusTransaction.requiringNew().run(() -> {
            Upload upload = Upload.findById(id);
            if (upload.facts == null) return; // the checks have failed
            String other = new AdapterFacts(upload.facts).baseModel().orElse(adapter.baseModel);
            if (!other.equals(adapter.baseModel) && !BaseModelTwins.areTwins(other, adapter.baseModel)) {
                throw ProblemException.invalid(
                        "files",
                        "%s is an adapter for %s, but adapter_config.json names %s. Commit it to a new repository, or correct base_model_name_or_path."
                                .formatted(adapter.address(), adapter.baseModel, other));
            }
        });
    }

    /** Clients have neither the upload's page nor a form that says which choice there is instead. */
    private static List<FieldError> forClients(List<FieldError> causes, String id) {
        String how =
                " Make it private first: hf repos settings %s --private, or update_repo_settings(\"%s\", private=True)."
                        .formatted(id, id);
        return causes.stream()
                .map(cause -> new FieldError(
                        cause.field(),
                        cause.field().equals("visibility")
                                ? cause.message() + how
                                : cause.message().replace(CheckReport.OR_CHOOSE_BASE_MODEL, "")))
                .toList();
    }

    /** A new version keeps the adapter's card, except for what README.md says. */
    private static Draft noted(Draft card, CommitRequest request) {
        String notes = request.message().isBlank() ? request.title() : request.message();
        return card.over(Draft.read(JsonNodeFactory.instance
                .objectNode()
                .put("notes", notes.substring(0, Math.min(PublishingRules.LONGEST_NOTES, notes.length())))));
    }

    /** Stock clients send READMEs without a title and a licence. */
    private static Draft complete(Draft card, HubRepository repository) {
        String name = repository.id().split("/", 2)[1];
        return card.over(Draft.read(JsonNodeFactory.instance
                .objectNode()
                .put("name", name)
                .put("title", name)
                .put("licence", NO_LICENCE)
                .put("derivatives", card.licence() != null)
                .put("visibility", repository.isPrivate() ? "private" : "public")));
    }

    /** The checks convert weights, and may correct the configuration. */
    private Tree ofVersion(AdapterVersion version, Tree sent) {
        SortedMap<String, TreeFile> files = new TreeMap<>(sent.files());
        files.remove(WEIGHTS.get(1));
        String safetensors = WEIGHTS.get(0);
        String sha256 = version.files.get(safetensors);
        files.put(safetensors, TreeFile.lfs(safetensors, blobs.size(sha256), sha256));
        String config = version.files.get(CONFIG);
        files.computeIfPresent(
                CONFIG,
                (name, file) -> file.sha256().equals(config) ? file : ids.file(name, blobs.size(config), config));
        return new Tree(files);
    }

    private Draft draft(TreeFile readme) {
        if (readme.size() > TreeFile.LARGEST_REGULAR) {
            throw ProblemException.tooLarge(
                    "README.md has %,d bytes; the limit is %,d.".formatted(readme.size(), TreeFile.LARGEST_REGULAR));
        }
        return Readme.of(text(readme)).draft();
    }

    /**
     * Appends a commit in the caller's transaction, which ends without any change if another commit came first.
     *
     * @param published the version that the commit makes; null if it keeps that of the head
     */
    private Commit append(HubRepository before, Tree tree, CommitRequest request, AdapterVersion published) {
        Repository repository = published == null
                ? Repository.locked(before.stored().orElseThrow())
                : VersionCommits.lock(published.adapter);
        if (repository == null) throw ProblemException.conflict("The repository was deleted meanwhile.");
        Optional<RepositoryCommit> head = RepositoryCommit.head(repository);
        requireHead(before, head.orElse(null));
        AdapterVersion version =
                published == null ? head.map(commit -> commit.version).orElse(null) : published;
        if (repository.adapter != null) {
            repository.cardSha256 = VersionCommits.cardSha256(repository.adapter);
        }
        return Commit.of(RepositoryCommit.append(
                repository, tree, request.title(), request.message(), author(), Instant.now(), version));
    }

    /** Who may have been banned since the commit began to arrive. */
    private Person author() {
        Person person = viewer.require();
        if (person.isBanned()) throw ProblemException.forbidden("Your account is banned.");
        return person;
    }

    /** Otherwise the commit would take back what the other has changed. */
    private static void requireHead(HubRepository before, RepositoryCommit head) {
        String oid = head == null ? null : head.oid;
        boolean same = before.head().map(Commit::oid).equals(Optional.ofNullable(oid))
                && (head == null || Tree.read(head.tree).equals(tree(before))); // files can be taken out of all commits
        if (!same) throw new HeadMovedException();
    }

    /** Otherwise the README of a card that was changed on its page meanwhile would never be written. */
    private static void requireWrittenCard(HubRepository repository) {
        if (repository.adapter().isEmpty()) return;
        boolean written = QuarkusTransaction.requiringNew().call(() -> {
            Repository stored = Repository.findById(repository.stored().orElseThrow());
            return stored == null
                    || stored.adapter == null
                    || VersionCommits.cardSha256(stored.adapter).equals(stored.cardSha256);
        });
        if (!written) throw new HeadMovedException();
    }

    /** The rules of the repository for files to leave out; empty if it has none. */
    String gitIgnore(HubRepository repository) {
        return rules(repository, ".gitignore");
    }

    /** What the repository's .gitattributes says of Git LFS. */
    LfsAttributes lfsAttributes(HubRepository repository) {
        return new LfsAttributes(rules(repository, ".gitattributes"));
    }

    private String rules(HubRepository repository, String name) {
        return repository
                .head()
                .flatMap(head -> head.tree().file(name))
                .filter(file -> file.size() <= TreeFile.LARGEST_REGULAR)
                .map(this::text)
                .orElse("");
    }

    /**
     * A sentence for somebody who has sent weights and looks for the repository in the lists; empty if it will be there,
     * or if there are no weights yet.
     *
     * @param head after the commit
     */
    static String whyUnlisted(HubRepository repository, String branch, Commit head) {
        Tree tree = head.tree();
        boolean complete = tree.file(CONFIG).isPresent() && weights(tree).isPresent();
        boolean anyWeights = tree.files().keySet().stream().anyMatch(OTHER_WEIGHTS.asMatchPredicate());
        if (!branch.equals(HubRepository.MAIN) || complete || !anyWeights) return "";
        return "%1$s is stored, but in no list: this hub lists adapters, and %1$s has no %2$s. Everybody who knows its name can download it%3$s."
                .formatted(
                        repository.id(),
                        tree.file(CONFIG).isEmpty() && weights(tree).isEmpty()
                                ? CONFIG + " and " + WEIGHTS.get(0)
                                : tree.file(CONFIG).isEmpty() ? CONFIG : WEIGHTS.get(0),
                        repository.isPrivate() ? " once it is public" : "");
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

    /** Another commit came between reading the head and appending to it, so the operations must be applied to the new head. */
    private static final class HeadMovedException extends RuntimeException {

        private static final long serialVersionUID = 1;

        HeadMovedException() {
            super("Another commit came first.", null, false, false);
        }
    }
}
