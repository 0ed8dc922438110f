package io.lorahub.composition.worker;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.composition.queue.RunQueue;
import io.lorahub.composition.queue.RunStates;
import io.lorahub.job.Jobs;
import io.lorahub.job.PeriodicTasks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Puts runs held by a dead worker back into the queue. Every process does this, because there may be no other worker: a
 * run that no worker is computing must not be shown as running, and must be cancellable.
 */
@ApplicationScoped
public class LostRunRecovery {

    private static final String DEAD = """
            select run_id, last_heartbeat from composition_queue
             where picked and run_id is not null and last_heartbeat < now() - make_interval(secs => ?1)""";

    private final EntityManager entities;
    private final RunStates states;
    private final RunQueue queue;
    private final WorkerConfig config;
    private final PeriodicTasks tasks = new PeriodicTasks("lost-runs");

    /** Last heartbeats of the runs whose workers seemed dead at the last check. */
    private Map<UUID, Instant> silent = Map.of();

    LostRunRecovery(EntityManager entities, RunStates states, RunQueue queue, WorkerConfig config) {
        this.entities = entities;
        this.states = states;
        this.queue = queue;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        tasks.every(config.heartbeat(), config.heartbeat(), this::recover);
    }

    void stop(@Observes ShutdownEvent event) {
        tasks.close();
    }

    /**
     * Recovers runs whose worker was silent at two consecutive checks: during a database outage no worker could send
     * one.
     */
    synchronized void recover() {
        Map<UUID, Instant> current = silent();
        current.forEach((run, since) -> {
            if (!since.equals(silent.get(run))) return;
            if (states.lost(run, since)) {
                Jobs.losses(RunQueue.KIND).increment();
                RunOwner owner = QuarkusTransaction.requiringNew()
                        .call(() -> CompositionRun.<CompositionRun>findByIdOptional(run)
                                .map(RunOwner::of)
                                .orElse(null));
                if (owner != null) queue.restore(owner);
            }
        });
        silent = current;
    }

    private Map<UUID, Instant> silent() {
        List<?> rows = QuarkusTransaction.requiringNew()
                .call(() -> entities.createNativeQuery(DEAD)
                        .setParameter(
                                1,
                                config.heartbeat()
                                                .multipliedBy(Jobs.MISSED_HEARTBEATS)
                                                .toMillis()
                                        / 1000.0)
                        .getResultList());
        Map<UUID, Instant> lastSeen = new HashMap<>();
        for (Object row : rows) lastSeen.put((UUID) ((Object[]) row)[0], (Instant) ((Object[]) row)[1]);
        return lastSeen;
    }
}
