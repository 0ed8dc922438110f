package io.lorahub.composition.worker;

import io.lorahub.audit.Audit;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunState;
import io.lorahub.composition.queue.QueueMemory;
import io.lorahub.composition.queue.RunQueue;
import io.lorahub.composition.request.RunService;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The queue of all members' runs, for admins. */
@ApplicationScoped
public class QueueRows {

    /** Highest priority that an admin can give; the lowest is −{@value}. */
    static final int HIGHEST = 10;

    private static final int ROWS = 100;

    /** How long a failed run stays on the list. */
    private static final Duration LATELY = Duration.ofDays(7);

    /** Queued runs in the order in which workers claim them. */
    private static final String WAITING = """
            select r.* from composition_run r join composition_queue q on q.run_id = r.id
             where r.state = 'QUEUED' order by q.turn, q.execution_time""";

    private static final int SHOWN_SHARES = 12;

    private static final String SHARES = """
            select coalesce(p.name, 'a visitor'), sum(case when r.state = RUNNING then 1 else 0 end),
                   sum(case when r.state = QUEUED then 1 else 0 end)
              from CompositionRun r left join r.person p where r.state in (QUEUED, RUNNING)
             group by p.name order by count(r) desc, p.name""";

    private final RunService runs;
    private final RunQueue queue;
    private final QueueMemory memory;
    private final Audit audit;
    private final EntityManager entities;
    private final DatabaseClock clock;

    QueueRows(
            RunService runs,
            RunQueue queue,
            QueueMemory memory,
            Audit audit,
            EntityManager entities,
            DatabaseClock clock) {
        this.runs = runs;
        this.queue = queue;
        this.memory = memory;
        this.audit = audit;
        this.entities = entities;
        this.clock = clock;
    }

    /** Number of runs in each state, including those that are not listed. */
    public record Totals(long waiting, long running, long failed) {}

    /** Number of runs that one owner has in the queue. */
    public record Share(String owner, long running, long waiting) {}

    public Totals totals() {
        return new Totals(
                CompositionRun.count("state = 'QUEUED'"),
                CompositionRun.count("state = 'RUNNING'"),
                CompositionRun.count(
                        "state = 'FAILED' and endedAt > ?1", clock.now().minus(LATELY)));
    }

    /** The owners with the most runs, in descending order. */
    public List<Share> shares() {
        return entities.createQuery(SHARES, Share.class)
                .setMaxResults(SHOWN_SHARES)
                .getResultList();
    }

    /** Queued runs, the next one first. */
    public List<CompositionRun> waiting() {
        return entities.createNativeQuery(WAITING, CompositionRun.class)
                .setMaxResults(ROWS)
                .getResultList();
    }

    /** Why waiting runs need a larger worker, by their ids. */
    public Map<UUID, String> reasons(List<CompositionRun> waiting) {
        return memory.reasons(waiting.stream().map(run -> run.id).toList());
    }

    public List<CompositionRun> running() {
        return CompositionRun.find("state = 'RUNNING' order by startedAt")
                .page(0, ROWS)
                .list();
    }

    /** Failed runs of the last days, newest first. */
    public List<CompositionRun> failed() {
        return CompositionRun.find(
                        "state = 'FAILED' and endedAt > ?1 order by endedAt desc",
                        clock.now().minus(LATELY))
                .page(0, ROWS)
                .list();
    }

    @Transactional
    public CompositionRun cancel(UUID id) {
        runs.cancel(id);
        return logged("run.cancel", id, "");
    }

    /** Retries a run, which continues from its log. */
    @Transactional
    public CompositionRun retry(UUID id) {
        CompositionRun run = requireLocked(id);
        if (run.state != RunState.FAILED) {
            throw ProblemException.conflict(
                    "“%s” is %s; only failed runs can be retried.".formatted(run.title, run.state.word()));
        }
        runs.retry(id);
        return logged("run.retry", id, "");
    }

    /**
     * Retries runs that workers gave up, for example after an outage. Excludes runs that would only fail again: because
     * of their own request, because a candidate is now missing, or because they need more memory than workers have.
     *
     * @return number of runs queued
     */
    @Transactional
    public int retryAll() {
        List<CompositionRun> failed = CompositionRun.list(
                "state = 'FAILED' and givenUp and endedAt > ?1 order by endedAt",
                clock.now().minus(LATELY));
        List<CompositionRun> able =
                failed.stream().filter(run -> runs.whyNotAgain(run).isEmpty()).toList();
        able.forEach(run -> retry(run.id));
        return able.size();
    }

    /** @param priority from −10 to 10; runs with a higher priority go first */
    @Transactional
    public CompositionRun prioritise(UUID id, int priority) {
        if (Math.abs(priority) > HIGHEST) {
            throw ProblemException.invalid(
                    "priority", "A priority is a number from −%d to %d.".formatted(HIGHEST, HIGHEST));
        }
        CompositionRun run = requireLocked(id);
        if (run.state.isEnded()) {
            throw ProblemException.conflict("“%s” is %s and no longer waiting.".formatted(run.title, run.state.word()));
        }
        int before = run.priority;
        run.priority = priority;
        CompositionRun changed = logged("run.priority", id, "%d to %d".formatted(before, priority));
        queue.restore(RunOwner.of(run));
        return changed;
    }

    private CompositionRun requireLocked(UUID id) {
        CompositionRun run = CompositionRun.findById(id, LockModeType.PESSIMISTIC_WRITE);
        if (run == null) throw ProblemException.notFound("run");
        return run;
    }

    private CompositionRun logged(String action, UUID id, String detail) {
        audit.log(action, "runs/" + id, detail);
        return CompositionRun.findById(id);
    }
}
