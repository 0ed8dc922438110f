package io.lorahub.huggingface.writing;

import io.lorahub.adapter.Repository;
import io.lorahub.adapter.repository.RepositoryRef;
import io.lorahub.huggingface.HubErrors;
import io.lorahub.huggingface.HubRepository;
import io.lorahub.huggingface.Repositories;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;

/** Creates and deletes branches and tags. The labels of versions are tags as well, but cannot be changed here. */
@ApplicationScoped
class RepositoryRefs {

    private static final int MOST = 1000;

    private final Repositories repositories;

    RepositoryRefs(Repositories repositories) {
        this.repositories = repositories;
    }

    /** @param revision where it begins */
    void create(String id, boolean branch, String name, String revision) {
        HubRepository repository = repositories.writable(id);
        String oid = repositories.commit(repository, revision).oid();
        if (!RepositoryRef.isName(name) || name.contains("..") || name.endsWith("/") || name.startsWith("refs/")) {
            throw ProblemException.badRequest("Use letters, digits and . _ - / in a name, at most 100 (got \"%s\")."
                    .formatted(name.substring(0, Math.min(100, name.length()))));
        }
        if (name.matches("[0-9a-fA-F]{40}")) {
            throw ProblemException.badRequest("A name can't be 40 hexadecimal digits: that is the id of a commit.");
        }
        QuarkusTransaction.requiringNew().run(() -> {
            Repository stored = Repository.locked(repository.stored().orElseThrow());
            boolean exists = branch && name.equals(HubRepository.MAIN)
                    || repository.labels().containsKey(name);
            if (exists || RepositoryRef.of(stored.id, branch, name).isPresent()) {
                throw ProblemException.conflict("Reference %s already exists.".formatted(path(branch, name)));
            }
            if (RepositoryRef.count("repository", stored) >= MOST) {
                throw ProblemException.tooLarge("A repository can have at most %,d branches and tags.".formatted(MOST));
            }
            RepositoryRef ref = new RepositoryRef();
            ref.repository = stored;
            ref.branch = branch;
            ref.name = name;
            ref.oid = oid;
            ref.persist();
        });
    }

    void delete(String id, boolean branch, String name) {
        HubRepository repository = repositories.writable(id);
        boolean fixed =
                branch ? name.equals(HubRepository.MAIN) : repository.labels().containsKey(name);
        QuarkusTransaction.requiringNew()
                .run(() -> RepositoryRef.of(repository.stored().orElseThrow(), branch, name)
                        .orElseThrow(() -> {
                            if (fixed)
                                return ProblemException.forbidden("Cannot delete %s.".formatted(path(branch, name)));
                            return branch
                                    ? ProblemException.badRequest("Invalid rev id: %s".formatted(path(true, name)))
                                    : HubErrors.noRevision(repository.id(), name);
                        })
                        .delete());
    }

    private static String path(boolean branch, String name) {
        return (branch ? "refs/heads/" : "refs/tags/") + name;
    }
}
