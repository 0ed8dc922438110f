package io.lorahub.huggingface;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.FormerNames;
import io.lorahub.adapter.ModeratedEntity;
import io.lorahub.adapter.MovedException;
import io.lorahub.adapter.OpenTransfers;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.repository.RepositoryCommit;
import io.lorahub.adapter.repository.RepositoryRef;
import io.lorahub.adapter.repository.Tree;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.storage.object.StorageException;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds repositories and their commits for the viewer. Each method is a transaction of its own and needs a thread that
 * can block.
 */
@ApplicationScoped
public class Repositories {

    /** Digits of a whole commit id, a SHA-1. */
    private static final int OID_LENGTH = 40;

    private final Viewer viewer;
    private final AdapterRights rights;
    private final VersionCommits commits;
    private final BaseModelTrees models;
    private final FormerNames names;
    private final GitIds ids;

    Repositories(
            Viewer viewer,
            AdapterRights rights,
            VersionCommits commits,
            BaseModelTrees models,
            FormerNames names,
            GitIds ids) {
        this.viewer = viewer;
        this.rights = rights;
        this.commits = commits;
        this.models = models;
        this.names = names;
        this.ids = ids;
    }

    /**
     * @param id {@code publisher/name}, or the name of a base model, which comes first
     * @throws ProblemException if it does not exist, the viewer must not know about it, or it was taken down
     */
    public HubRepository visible(String id) {
        if (id == null)
            throw ProblemException.notFound(); // of /datasets/a/b/resolve, for which the framework finds no name
        Optional<BaseModelRecord> model = QuarkusTransaction.requiringNew()
                .call(() -> BaseModelRecord.named(id).map(Repositories::read));
        if (model.isPresent()) return ofModel(model.get());
        QuarkusTransaction.requiringNew()
                .call(() -> find(id, id).filter(Adapter.class::isInstance).map(moderated -> moderated.id))
                .ifPresent(commits::bringUpToDate);
        return QuarkusTransaction.requiringNew()
                .call(() -> find(id, id)
                        .map(moderated -> moderated instanceof Adapter adapter
                                ? ofAdapter(adapter)
                                : ofName((Repository) moderated))
                        .orElseThrow(() -> moved(id)));
    }

    /**
     * The repository with all metadata of a commit's README: the card keeps some of them only. Reads the README, so no
     * transaction should be open; without the store, the card's are all there is.
     */
    HubRepository withMetadata(HubRepository repository, Commit commit) {
        if (repository.adapter().isEmpty()) return repository;
        Map<String, Object> metadata = new LinkedHashMap<>(repository.cardData());
        try {
            commit.tree()
                    .file(VersionCommits.README)
                    .map(ids::metadata)
                    .ifPresent(own -> own.forEach((name, value) -> {
                        if (value != null) metadata.put(name, value);
                    }));
        } catch (StorageException e) {
            return repository;
        }
        return repository.withCardData(metadata);
    }

    /** What to answer if nothing has the name: where it was moved, if the viewer can see it. */
    private RuntimeException moved(String id) {
        String[] parts = id.split("/", 2);
        Optional<String> present = parts.length < 2 ? Optional.empty() : names.present(parts[0], parts[1]);
        boolean visible = present.flatMap(to -> find(to, id)).isPresent();
        return visible ? new MovedException(id, present.get()) : HubErrors.noRepository(id);
    }

    private static BaseModelRecord read(BaseModelRecord model) {
        model.files.size(); // it is used after the transaction
        return model;
    }

    /**
     * The adapter, or the repository without one; empty if there is neither.
     *
     * @param asked the name that the viewer used; the other names of what is private stay unknown to them
     * @throws ProblemException if the viewer cannot see it
     */
    private Optional<ModeratedEntity> find(String id, String asked) {
        String[] parts = id.split("/", 2);
        if (parts.length < 2) return Optional.empty();
        Optional<ModeratedEntity> match = Adapter.at(parts[0], parts[1])
                .map(adapter -> (ModeratedEntity) adapter)
                .or(() -> Repository.withoutAdapter(parts[0], parts[1]));
        match.filter(moderated -> !rights.maySee(moderated)).ifPresent(hidden -> {
            if (hidden.isTakenDown() && hidden.visibility != Visibility.PRIVATE) {
                throw HubErrors.takenDown(hidden.address());
            }
            throw HubErrors.noRepository(asked);
        });
        return match;
    }

    private HubRepository ofAdapter(Adapter adapter) {
        Repository repository = Repository.of(adapter);
        return new HubRepository(
                adapter.address(),
                adapter.visibility == Visibility.PRIVATE,
                adapter.isTakenDown(),
                adapter.isListed(),
                adapter.createdAt,
                Optional.of(repository.id),
                Optional.of(adapter),
                Optional.empty(),
                ModelCardText.metadata(adapter),
                ModelCardText.tags(adapter),
                ModelFacts.of(List.of(adapter)).getOrDefault(adapter.id, ModelFacts.NONE),
                RepositoryCommit.head(repository).map(Commit::of),
                RepositoryCommit.labels(repository));
    }

    private HubRepository ofName(Repository repository) {
        Optional<Commit> head = RepositoryCommit.head(repository).map(Commit::of);
        Map<String, Object> card = head.flatMap(commit -> commit.tree().file(VersionCommits.README))
                .map(ids::metadata)
                .orElse(Map.of());
        return new HubRepository(
                repository.address(),
                repository.visibility == Visibility.PRIVATE,
                repository.isTakenDown(),
                false,
                repository.createdAt,
                Optional.of(repository.id),
                Optional.empty(),
                Optional.empty(),
                card,
                List.of(),
                ModelFacts.NONE,
                head,
                Map.of());
    }

    private HubRepository ofModel(BaseModelRecord model) {
        Map<String, Object> card = new LinkedHashMap<>();
        card.put("library_name", BaseModelTrees.LIBRARY);
        if (model.licence != null) card.put("license", model.licence.toLowerCase(Locale.ROOT));
        return new HubRepository(
                model.name,
                false,
                false,
                true,
                model.createdAt,
                Optional.empty(),
                Optional.empty(),
                Optional.of(model),
                card,
                List.of(BaseModelTrees.LIBRARY, "safetensors", model.modelType),
                ModelFacts.of(model),
                Optional.of(models.commit(model)),
                Map.of());
    }

    /**
     * @param revision {@code main}, the id of a commit, the label of a version, a branch or tag, or the first digits of an
     *     id; what comes first here has precedence, so that no branch or tag changes what an id or a label means
     * @throws ProblemException if the repository has no such revision
     */
    public Commit commit(HubRepository repository, String revision) {
        return find(repository, revision).orElseThrow(() -> HubErrors.noRevision(repository.id(), revision));
    }

    private Optional<Commit> find(HubRepository repository, String revision) {
        if (revision.equals(HubRepository.MAIN) || revision.equals("refs/heads/" + HubRepository.MAIN)) {
            return repository.head();
        }
        String oid = revision.toLowerCase(Locale.ROOT);
        Optional<Commit> commit = oid.length() == OID_LENGTH ? ofId(repository, oid) : Optional.empty();
        if (commit.isPresent()) return commit;
        String label = revision.startsWith("refs/tags/") ? revision.substring("refs/tags/".length()) : revision;
        return ofId(
                repository,
                Optional.ofNullable(repository.labels().get(label))
                        .or(() -> ref(repository, revision))
                        .orElse(oid));
    }

    private static Optional<Commit> ofId(HubRepository repository, String oid) {
        if (repository.head().filter(head -> head.oid().equals(oid)).isPresent()) return repository.head();
        return oid.matches("[0-9a-f]{7,40}") ? stored(repository, oid) : Optional.empty();
    }

    /** The commit of a branch or tag, as the head of {@code refs/heads/} or {@code refs/tags/} or by its plain name. */
    private static Optional<String> ref(HubRepository repository, String revision) {
        if (repository.stored().isEmpty()) return Optional.empty();
        Long id = repository.stored().get();
        String name = revision.replaceFirst("^refs/(?:heads|tags)/", "");
        return QuarkusTransaction.requiringNew().call(() -> {
            Optional<RepositoryRef> branch =
                    revision.startsWith("refs/tags/") ? Optional.empty() : RepositoryRef.of(id, true, name);
            Optional<RepositoryRef> tag =
                    revision.startsWith("refs/heads/") ? Optional.empty() : RepositoryRef.of(id, false, name);
            return branch.or(() -> tag).map(ref -> ref.oid);
        });
    }

    /** @param oid of a commit, or its first digits if they are of one commit only */
    private static Optional<Commit> stored(HubRepository repository, String oid) {
        if (repository.stored().isEmpty()) return Optional.empty();
        return QuarkusTransaction.requiringNew().call(() -> {
            List<RepositoryCommit> commits = RepositoryCommit.list(
                    "oid like ?1 and repository.id = ?2",
                    oid + "%",
                    repository.stored().get());
            return commits.size() == 1 ? Optional.of(Commit.of(commits.get(0))) : Optional.empty();
        });
    }

    /** Branches other than main, and tags other than the labels of versions. */
    public List<RepositoryRef> refs(HubRepository repository) {
        return repository
                .stored()
                .map(id -> QuarkusTransaction.requiringNew().call(() -> RepositoryRef.all(id)))
                .orElse(List.of());
    }

    /**
     * The repository with a branch's newest commit as its head.
     *
     * @throws ProblemException if there is no such branch
     */
    public HubRepository atBranch(HubRepository repository, String branch) {
        if (branch.equals(HubRepository.MAIN)) return repository;
        String name = branch.replaceFirst("^refs/heads/", "");
        Optional<RepositoryRef> ref = repository
                .stored()
                .flatMap(id -> QuarkusTransaction.requiringNew().call(() -> RepositoryRef.of(id, true, name)));
        return ref.flatMap(head -> stored(repository, head.oid))
                .map(repository::withHead)
                .orElseThrow(() -> HubErrors.noRevision(repository.id(), branch));
    }

    /** The ids of the commits up to this one, newest first. */
    List<String> history(HubRepository repository, Commit newest) {
        if (repository.stored().isEmpty()) return List.of(newest.oid());
        return QuarkusTransaction.requiringNew().call(() -> {
            RepositoryCommit stored = RepositoryCommit.findById(newest.oid());
            return stored.history();
        });
    }

    /** Commits without their files, in the order of their ids. */
    List<Commit> withoutFiles(List<String> oids) {
        Map<String, Commit> commits = QuarkusTransaction.requiringNew()
                .call(() -> RepositoryCommit.<RepositoryCommit>list(
                                "from RepositoryCommit c left join fetch c.author where c.oid in ?1", oids)
                        .stream()
                        .map(c -> new Commit(
                                c.oid,
                                c.title,
                                c.message,
                                c.author == null ? "" : c.author.name,
                                c.createdAt,
                                Tree.EMPTY))
                        .collect(Collectors.toMap(Commit::oid, commit -> commit)));
        return oids.stream().map(commits::get).filter(Objects::nonNull).toList();
    }

    /** Whether the viewer can send commits; a token of scope read cannot. */
    public boolean mayWrite(HubRepository repository) {
        if (viewer.scope() == AccessToken.Scope.READ) return false;
        return QuarkusTransaction.requiringNew()
                .call(() -> Publisher.named(repository.author())
                        .filter(publisher -> repository.model().isEmpty() && rights.mayPublishAs(publisher))
                        .isPresent());
    }

    /** The rights that a download of the repository's files needs until its end. */
    Optional<OpenTransfers.Right> toDownload(HubRepository repository) {
        return repository
                .stored()
                .map(id -> QuarkusTransaction.requiringNew().call(() -> rights.toDownload(Repository.findById(id))));
    }

    /**
     * @throws ProblemException if the viewer cannot see the repository, or must not change it, or it was taken down and
     *     so takes no files
     */
    public HubRepository receiving(String id) {
        HubRepository repo = writable(id);
        if (repo.takenDown()) throw HubErrors.takenDown(repo.id());
        return repo;
    }

    /** @throws ProblemException if the viewer cannot see the repository, or must not change it */
    public HubRepository writable(String id) {
        viewer.require();
        HubRepository repo = visible(id);
        if (!mayWrite(repo)) {
            throw ProblemException.forbidden("Only members of %s can write to %s.".formatted(repo.author(), repo.id()));
        }
        return repo;
    }
}
