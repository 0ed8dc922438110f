package io.lorahub.composition.queue;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunState;
import io.lorahub.database.ChangeEvents;
import io.lorahub.engine.learning.RunMemory;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.UUID;

/**
 * The queue of runs, {@link JobQueue#RUNS}. Changes made here are part of the caller's
 * transaction.
 */
@ApplicationScoped
public class RunQueue {

    /** Signal to workers: a run can be claimed. */
    public static final String DUE = "due";

    /** The kind of job. */
    public static final String KIND = "composition";

    /** Counts the runs ahead of one, in the order in which workers take them. */
    private static final String AHEAD = """
            select count(*) from composition_queue other, composition_queue mine
             where mine.run_id = ?1 and not other.picked and (other.turn, other.execution_time) < (mine.turn, mine.execution_time)""";

    private static final String PLACE =
            "update composition_queue set turn = ?2, base_model_id = ?3 where run_id = ?1 and not picked";

    private static final String NEEDED = """
            update composition_queue set model_bytes = ?2, candidates_bytes = ?3, computing_bytes = ?4 where run_id = ?1""";

    /** Allows a picked run to be taken again. */
    private static final String FREE = """
            update composition_queue set picked = false, picked_by = null, last_heartbeat = null, execution_time = now(),
              version = version + 1 where run_id = ?1 and picked""";

    private static final String HELD =
            "select 1 from composition_queue where run_id = ?1 and picked and last_heartbeat = ?2 for update";

    private final Jobs jobs;
    private final EntityManager entities;
    private final ChangeEvents events;

    RunQueue(Jobs jobs, EntityManager entities, ChangeEvents events) {
        this.jobs = jobs;
        this.entities = entities;
        this.events = events;
    }

    /**
     * Queues a run.
     *
     * @param ahead number of queued and running runs of the same owner: each puts the run one place back, so that a
     *     member with many runs does not hold up one with few
     * @param needed estimate of its memory; only workers that have as much take it
     */
    public void add(CompositionRun run, long ahead, RunMemory needed) {
        jobs.add(JobQueue.RUNS, KIND, run.id.toString(), 0);
        entities.createNativeQuery(PLACE)
                .setParameter(1, run.id)
                .setParameter(2, QueueOrder.turn(run, ahead))
                .setParameter(3, run.baseModel.id)
                .executeUpdate();
        need(run.id, needed);
        events.signal(DUE);
    }

    /** Stores how much memory a run needs. */
    void need(UUID run, RunMemory needed) {
        entities.createNativeQuery(NEEDED)
                .setParameter(1, run)
                .setParameter(2, needed.model())
                .setParameter(3, needed.candidates())
                .setParameter(4, needed.computing())
                .executeUpdate();
    }

    /** Removes a run that no worker has claimed yet. */
    public void remove(UUID run) {
        jobs.remove(JobQueue.RUNS, KIND, run.toString());
    }

    /**
     * Removes a run that a worker has finished with, unless its owner has just resumed it.
     *
     * @return whether it is queued again
     */
    @Transactional
    public boolean done(UUID id) {
        CompositionRun run = CompositionRun.findById(id, LockModeType.PESSIMISTIC_WRITE);
        boolean again = run != null && run.state == RunState.QUEUED;
        if (again) {
            entities.createNativeQuery(FREE).setParameter(1, id).executeUpdate();
            events.signal(DUE);
        } else {
            entities.createNativeQuery("delete from composition_queue where run_id = ?1")
                    .setParameter(1, id)
                    .executeUpdate();
        }
        return again;
    }

    /**
     * Whether the run is held and this was the last heartbeat; blocks further ones until the caller's transaction ends.
     */
    boolean isHeldSince(UUID run, Instant sign) {
        return !entities.createNativeQuery(HELD)
                .setParameter(1, run)
                .setParameter(2, sign)
                .getResultList()
                .isEmpty();
    }

    /** Number of runs before it in the queue now. */
    public static long ahead(UUID run) {
        return ((Number) CompositionRun.getEntityManager()
                        .createNativeQuery(AHEAD)
                        .setParameter(1, run)
                        .getSingleResult())
                .longValue();
    }
}
