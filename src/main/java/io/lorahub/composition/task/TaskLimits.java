package io.lorahub.composition.task;

import io.lorahub.composition.RunOwner;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** Limits for the number of questions. */
@ApplicationScoped
public class TaskLimits {

    static final String OPEN = "state in (ASKED, WORKING)";

    private final TaskConfig config;
    private final VisitorLimits visitors;
    private final DatabaseClock clock;

    TaskLimits(TaskConfig config, VisitorLimits visitors, DatabaseClock clock) {
        this.visitors = visitors;
        this.config = config;
        this.clock = clock;
    }

    /** Network of a visitor's question; empty for a member. */
    Optional<String> network(RunOwner owner) {
        return owner.visitor().flatMap(visitor -> visitors.network());
    }

    /**
     * Number of unanswered questions of the owner.
     *
     * @throws ProblemException if another question would exceed a limit
     */
    long require(RunOwner owner) {
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
        if (owner.visitor().isPresent()) visitors.requireTask();
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
}
