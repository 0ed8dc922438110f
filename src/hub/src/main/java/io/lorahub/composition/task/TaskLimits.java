package io.lorahub.composition.task;

import io.lorahub.adapter.AdapterVersion;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Limits for the number of questions, and storage for the files that are made on request. Files count to whoever asked
 * for them until they are swept; all visitors together have as much storage as one member.
 */
@ApplicationScoped
public class TaskLimits {

    static final String OPEN = "state in (ASKED, WORKING)";

    /** Factors are written as float32, and may have been half as wide. */
    private static final int WIDENED = 2;

    /** Smaller ranks are padded to the largest one, and LoRAX gets zeros in layers that an adapter leaves out. */
    private static final int PADDED = 2;

    private final TaskConfig config;
    private final OwnerLimits owners;
    private final EntityManager database;
    private final DatabaseClock clock;

    TaskLimits(TaskConfig config, OwnerLimits owners, EntityManager database, DatabaseClock clock) {
        this.owners = owners;
        this.config = config;
        this.database = database;
        this.clock = clock;
    }

    /** Network of a visitor's question; empty for a member. */
    Optional<String> network(RunOwner owner) {
        return owners.network(owner);
    }

    /**
     * Number of unanswered questions of the owner.
     *
     * @throws ProblemException if another question would exceed a limit, or its files, with those that are not made yet,
     *     have no room
     */
    long require(RunOwner owner, TaskRequest question) {
        owner.lock();
        long waiting = count(owner, OPEN);
        if (waiting >= config.waiting()) {
            throw ProblemException.tooMany(
                    "%d of your requests are still waiting. Wait for one of them to finish.".formatted(waiting),
                    Duration.ofSeconds(2));
        }
        if (count(owner, "createdAt > ?2", clock.now().minusSeconds(60)) >= config.perMinute()) {
            throw ProblemException.tooMany(
                    "You have sent %d requests in the last minute. Wait a minute, then try again."
                            .formatted(config.perMinute()),
                    Duration.ofSeconds(30));
        }
        if (owner.visitor().isPresent()) owners.requireVisitorsTask();
        if (question.makesFiles()) owners.requireRoom(owner, bytes(question) + underWay(owner));
        return waiting;
    }

    private static long count(RunOwner owner, String which, Object... more) {
        Object[] parameters = new Object[1 + more.length];
        parameters[0] = owner.person()
                .<Object>map(p -> p.id)
                .orElseGet(() -> owner.visitor().get());
        System.arraycopy(more, 0, parameters, 1, more.length);
        return WorkerTask.count(
                (owner.person().isPresent() ? "person.id" : "visitor") + " = ?1 and " + which, parameters);
    }

    private long underWay(RunOwner asker) {
        List<WorkerTask> open = asker.person().isPresent()
                ? WorkerTask.list("person = ?1 and " + OPEN, asker.person().get())
                : WorkerTask.list("person is null and " + OPEN);
        return open.stream().mapToLong(task -> bytes(task.question)).sum();
    }

    /** About the most that the files can have; 0 if none are made. */
    private long bytes(TaskRequest question) {
        if (question instanceof TaskRequest.Export export) {
            CompositionRun run = CompositionRun.findById(export.run());
            if (run == null) return 0;
            return size(export.isFused() ? run.baseModel.files.values() : run.files.values());
        }
        if (question instanceof TaskRequest.Convert convert) return WIDENED * PADDED * size(files(convert));
        if (question instanceof TaskRequest.Merge merge) {
            List<String> hashes = AdapterVersion.<AdapterVersion>list("id in ?1", merge.versions()).stream()
                    .flatMap(version -> version.files.values().stream())
                    .toList();
            return WIDENED * size(hashes);
        }
        return 0;
    }

    private static Collection<String> files(TaskRequest.Convert convert) {
        if (convert.run() != null) {
            CompositionRun run = CompositionRun.findById(convert.run());
            return run == null ? List.of() : run.files.values();
        }
        AdapterVersion version = AdapterVersion.findById(convert.version());
        return version == null ? List.of() : version.files.values();
    }

    private long size(Collection<String> hashes) {
        if (hashes.isEmpty()) return 0;
        return ((Number) database.createNativeQuery("select coalesce(sum(size), 0) from blob where sha256 in (:hashes)")
                        .setParameter("hashes", hashes)
                        .getSingleResult())
                .longValue();
    }
}
