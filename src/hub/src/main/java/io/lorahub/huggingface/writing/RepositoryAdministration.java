package io.lorahub.huggingface.writing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.FormerNames;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.editing.AdapterEditing;
import io.lorahub.adapter.publication.PublishingRules;
import io.lorahub.adapter.repository.RepositoryCommit;
import io.lorahub.adapter.repository.Tree;
import io.lorahub.adapter.repository.TreeFile;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.huggingface.HubRepository;
import io.lorahub.huggingface.Repositories;
import io.lorahub.storage.Blobs;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Creates, moves and deletes repositories. */
@ApplicationScoped
class RepositoryAdministration {

    /** What the Hugging Face Hub puts into a new repository; some clients expect it. */
    private static final String ATTRIBUTES = ".gitattributes";

    private static final byte[] LFS_PATTERNS =
            "*.safetensors filter=lfs diff=lfs merge=lfs -text\n*.bin filter=lfs diff=lfs merge=lfs -text\n"
                    .getBytes(StandardCharsets.US_ASCII);

    /** Of a publisher, without an adapter. */
    private static final int MOST_EMPTY = 200;

    private final Viewer viewer;
    private final AdapterRights rights;
    private final AdapterEditing editing;
    private final Repositories repositories;
    private final Blobs blobs;
    private final FormerNames names;

    RepositoryAdministration(
            Viewer viewer,
            AdapterRights rights,
            AdapterEditing editing,
            Repositories repositories,
            Blobs blobs,
            FormerNames names) {
        this.viewer = viewer;
        this.rights = rights;
        this.editing = editing;
        this.repositories = repositories;
        this.blobs = blobs;
        this.names = names;
    }

    /**
     * Creating a repository again, to which nothing has been sent yet, still sets its visibility: {@code hf upload
     * --private} after one that was refused does so.
     *
     * @param publisher empty for the viewer's own name
     * @param requested empty if the client doesn't say, which means public
     * @return the id, or empty if it exists already
     */
    Optional<String> create(String publisher, String name, Optional<Visibility> requested) {
        Person person = viewer.require();
        String called = name.toLowerCase(Locale.ROOT);
        return QuarkusTransaction.requiringNew().call(() -> {
            Publisher under = publisher(publisher.isEmpty() ? person.name : publisher);
            PublishingRules.nameFault(called).ifPresent(fault -> {
                throw ProblemException.invalid(List.of(fault));
            });
            Publisher.findById(under.id, LockModeType.PESSIMISTIC_WRITE); // names are given out one at a time
            if (isTaken(under, called)) {
                requested.ifPresent(visibility -> Repository.at(under, called)
                        .filter(repository -> repository.adapter == null && !repository.isBegun())
                        .ifPresent(repository -> repository.visibility = visibility));
                return Optional.empty();
            }
            if (Repository.count("publisher = ?1 and adapter is null", under) >= MOST_EMPTY) {
                throw ProblemException.tooMany(
                        "%s has %d repositories without an adapter; delete some first."
                                .formatted(under.name, MOST_EMPTY),
                        Duration.ofMinutes(10));
            }
            Repository repository = new Repository();
            repository.publisher = under;
            repository.name = called;
            repository.visibility = requested.orElse(Visibility.PUBLIC);
            repository.persistAndFlush();
            blobs.publishInTransaction(LFS_PATTERNS);
            RepositoryCommit.append(
                    repository,
                    Tree.of(List.of(TreeFile.regular(ATTRIBUTES, LFS_PATTERNS))),
                    "initial commit",
                    "",
                    Person.findById(person.id),
                    Instant.now(),
                    null);
            return Optional.of(under.name + "/" + called);
        });
    }

    private static boolean isTaken(Publisher publisher, String name) {
        return Adapter.at(publisher.name, name).isPresent()
                || Repository.at(publisher, name).isPresent()
                || BaseModelRecord.named(publisher.name + "/" + name).isPresent();
    }

    private Publisher publisher(String name) {
        return Publisher.named(name)
                .filter(rights::mayPublishAs)
                .orElseThrow(() -> ProblemException.forbidden(
                        "You don't have the rights to create a model under the namespace \"%s\".".formatted(name)));
    }

    void delete(String id) {
        HubRepository repository = repositories.visible(id);
        requireDeletion(repository);
        String[] address = repository.id().split("/", 2);
        if (repository.adapter().isPresent()) {
            editing.delete(address[0], address[1], repository.adapter().get().edition);
        } else {
            QuarkusTransaction.requiringNew().run(() -> {
                Repository stored = Repository.findById(repository.stored().orElseThrow());
                editing.delete(address[0], address[1], stored.edition);
            });
        }
    }

    private void requireDeletion(HubRepository repository) {
        if (repositories.mayWrite(repository)) return;
        boolean deletable = QuarkusTransaction.requiringNew()
                .call(() -> rights.mayDelete(
                        Repository.<Repository>findById(repository.stored().orElseThrow())
                                .moderated()));
        if (!deletable) throw forbidden(repository);
    }

    private static ProblemException forbidden(HubRepository repository) {
        return ProblemException.forbidden(
                "Only members of %s can change %s.".formatted(repository.author(), repository.id()));
    }

    void show(HubRepository repository, Visibility visibility) {
        if (repository.adapter().isPresent()) {
            QuarkusTransaction.requiringNew().run(() -> {
                Adapter adapter = Adapter.findById(repository.adapter().get().id);
                editing.change(adapter, JsonNodeFactory.instance.objectNode().put("visibility", visibility.word()));
            });
        } else {
            editing.show(repository.stored().orElseThrow(), visibility);
        }
    }

    void move(String from, String to) {
        HubRepository repository = repositories.writable(from);
        String[] address = repository.id().split("/", 2);
        String[] next = to.toLowerCase(Locale.ROOT).split("/", 2);
        if (next.length < 2) throw ProblemException.badRequest("Write the new name as publisher/name.");
        QuarkusTransaction.requiringNew().run(() -> {
            Publisher under = publisher(next[0]);
            if (isTaken(under, next[1])) {
                throw ProblemException.conflict("A model repository called %s already exists.".formatted(to));
            }
            if (repository.adapter().isPresent()) editing.move(address[0], address[1], under, next[1]);
            PublishingRules.nameFault(next[1]).ifPresent(fault -> {
                throw ProblemException.invalid(List.of(fault));
            });
            Repository stored = Repository.locked(repository.stored().orElseThrow());
            names.remember(stored.publisher.id, stored.name, stored.id);
            stored.publisher = under;
            stored.name = next[1];
        });
    }
}
