package io.lorahub.composition.queue;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.engine.learning.RunMemory;
import io.lorahub.job.PeriodicTasks;
import io.lorahub.storage.DatabaseClock;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Compares the memory that queued runs need with what workers have. Workers take only runs that fit them, see
 * {@link ModelAffinityPolling}; a run that has fitted no worker for a minute fails, with the estimate. Every process
 * looks for such runs.
 */
@ApplicationScoped
public class QueueMemory {

    private static final Duration EVERY = Duration.ofSeconds(10);

    /** How long a run waits for a worker that is large enough, such as one that is being restarted. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final int ROWS = 1_000;

    private static final String NEEDED = """
            select q.run_id, q.model_bytes, q.candidates_bytes, q.computing_bytes from composition_queue q
             where not q.picked
            """;

    private static final String BASES = """
            select q.run_id, b.name from composition_queue q join base_model b on b.id = q.base_model_id
             where not q.picked and q.run_id in (:runs)""";

    private static final String TOO_LARGE = NEEDED + """
             and exists (select from worker w where w.seen_at > :since)
             and not exists (select from worker w where w.seen_at > :since and (w.device <> 'cpu'
                 or q.model_bytes + w.slots * (q.candidates_bytes + q.computing_bytes) <= w.memory))
             order by q.turn""";

    private final EntityManager entities;
    private final RunStates states;
    private final RunQueue queue;
    private final DatabaseClock clock;
    private final PeriodicTasks tasks = new PeriodicTasks("queue-memory");

    /** When each run was first seen to fit no worker. */
    private Map<UUID, Instant> tooLarge = Map.of();

    QueueMemory(EntityManager entities, RunStates states, RunQueue queue, DatabaseClock clock) {
        this.entities = entities;
        this.states = states;
        this.queue = queue;
        this.clock = clock;
    }

    void start(@Observes StartupEvent event) {
        tasks.every(EVERY, EVERY, () -> failTooLarge(clock.now()));
    }

    void stop(@Observes ShutdownEvent event) {
        tasks.close();
    }

    private List<WorkerRecord> workers() {
        return QuarkusTransaction.joiningExisting().call(() -> WorkerRecord.seen(clock.now()));
    }

    /**
     * Fails runs that have fitted no worker for {@link #PATIENCE}.
     *
     * @param now the time by which that is measured
     */
    public synchronized void failTooLarge(Instant now) {
        Map<UUID, RunMemory> oversized = QuarkusTransaction.requiringNew()
                .call(() -> needed(entities.createNativeQuery(TOO_LARGE)
                        .setParameter("since", clock.now().minus(WorkerRecord.SEEN))
                        .setMaxResults(ROWS)
                        .getResultList()));
        Map<UUID, Instant> since = new HashMap<>();
        oversized.forEach((run, memory) -> {
            Instant first = tooLarge.getOrDefault(run, now);
            if (now.isBefore(first.plus(PATIENCE))) since.put(run, first);
            else fail(run, memory);
        });
        tooLarge = since;
    }

    private void fail(UUID id, RunMemory needed) {
        Optional<WorkerRecord> largest = largest(workers());
        if (largest.isEmpty()) return;
        WorkerRecord worker = largest.get();
        states.failWaiting(id, needed.refusal("the largest worker has", worker.memory, worker.slots));
        QuarkusTransaction.requiringNew()
                .call(() -> CompositionRun.<CompositionRun>findByIdOptional(id).map(RunOwner::of))
                .ifPresent(queue::restore);
    }

    private static Optional<WorkerRecord> largest(List<WorkerRecord> workers) {
        return workers.stream().max(Comparator.comparingLong(worker -> worker.memory));
    }

    /**
     * Why runs wait although workers are idle, for example "needs 9.1 GB; the largest worker has 6.0 GB", by the runs'
     * ids. Runs that fit every worker are left out, unless no worker has room for their files on its disk.
     */
    public Map<UUID, String> reasons(Collection<UUID> runs) {
        List<WorkerRecord> workers = workers();
        Map<UUID, String> reasons = new HashMap<>();
        needed(entities.createNativeQuery(NEEDED + " and q.run_id in (:runs)")
                        .setParameter("runs", runs)
                        .getResultList())
                .forEach((run, needed) -> reason(needed, workers).ifPresent(why -> reasons.put(run, why)));
        Map<String, Optional<String>> rooms = new HashMap<>();
        for (Object row :
                entities.createNativeQuery(BASES).setParameter("runs", runs).getResultList()) {
            Object[] columns = (Object[]) row;
            rooms.computeIfAbsent((String) columns[1], base -> WorkerRecord.noRoomFor(base, clock.now()))
                    .ifPresent(why -> reasons.put((UUID) columns[0], "no worker has room for its files; " + why));
        }
        return reasons;
    }

    private static Optional<String> reason(RunMemory needed, List<WorkerRecord> workers) {
        List<WorkerRecord> able =
                workers.stream().filter(worker -> worker.fits(needed)).toList();
        if (able.size() == workers.size()) return Optional.empty();
        if (able.isEmpty()) {
            WorkerRecord worker = largest(workers).orElseThrow();
            String each = worker.slots == 1 ? "" : " for %d runs at a time".formatted(worker.slots);
            return Optional.of("needs %s; the largest worker has %s%s"
                    .formatted(needed.brief(), RunMemory.gigabytes(worker.memory), each));
        }
        return Optional.of("needs %s; only %s"
                .formatted(
                        needed.brief(),
                        able.size() == 1
                                ? able.get(0).name + " has as much"
                                : "%d of %d workers have as much".formatted(able.size(), workers.size())));
    }

    private static Map<UUID, RunMemory> needed(List<?> rows) {
        Map<UUID, RunMemory> needed = new LinkedHashMap<>();
        for (Object row : rows) {
            Object[] columns = (Object[]) row;
            needed.put((UUID) columns[0], new RunMemory((Long) columns[1], true, (Long) columns[2], (Long) columns[3]));
        }
        return needed;
    }
}
