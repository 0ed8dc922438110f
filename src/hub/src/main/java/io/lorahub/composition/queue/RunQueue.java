package io.lorahub.composition.queue;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
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
 * The queue of runs, {@link JobQueue#RUNS}, and its order. Each run has a turn, in seconds; the lowest is next. It is the time
 * when the run was queued, plus {@value #AGEING} s for each run of the same owner before it, so that a member with many runs does
 * not hold up one with few. Turns do not change while time passes, so no run can be overtaken indefinitely, and only an owner's
 * own runs are put in order again when one of them begins or ends. A run that has taken long gives way: it and the other runs of
 * its owner are queued as of then. Changes made here are part of the caller's transaction.
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

    /** Number of places that one step of an admin's priority is worth. */
    static final int STEP = 100;

    /** Waiting time in seconds that is worth one place. */
    static final int AGEING = 30;

    /** Number of places by which visitors are put behind members. */
    static final int VISITOR = 20;

    /** Places gained by a run whose worker was lost: it goes before all others of its priority. */
    private static final int BEGUN = STEP - 1;

    /** Number of an owner's runs that are put in order; later ones follow once they are among the first. */
    private static final int FIRST = 100;

    /** Key of PostgreSQL's advisory lock; an arbitrary number that nothing else locks. */
    private static final int LOCK = 0x71756575;

    /** Skips rows that another transaction has locked, so that it never waits. */
    private static final String UPDATE =
            """
            with turns as (
              select id, extract(epoch from greatest(queued_at, gave_way + interval '%d s')) - %d * priority
                  + case when visitor is null then 0 else %d end
                  + case when lost > 0 or coalesce(started_at >= queued_at, false) then %d
                         else %d * (place + running) end as turn
              from (%%s) waiting),
            changed as (
              select q.run_id, t.turn from composition_queue q join turns t on t.id = q.run_id
               where not q.picked and q.turn is distinct from t.turn for update of q skip locked)
            update composition_queue q set turn = changed.turn from changed where q.run_id = changed.run_id""".formatted(AGEING, STEP * AGEING, VISITOR * AGEING, -BEGUN * AGEING, AGEING);

    private static final String OF_OWNER = UPDATE.formatted("""
            select r.*, row_number() over (order by r.priority desc, r.queued_at, r.id) - 1 as place,
                (select count(*) from composition_run other where other.state = 'RUNNING' and other.%1$s = ?1) as running,
                (select max(gave_way_at) from composition_run other
                  where other.state in ('QUEUED', 'RUNNING') and other.%1$s = ?1) as gave_way
            from (select * from composition_run where state = 'QUEUED' and %1$s = ?1
                   order by priority desc, queued_at, id limit %2$d) r""");

    private static final String OF_ALL = UPDATE.formatted("""
            select r.*, active.running, active.gave_way,
                row_number() over (partition by r.person_id, r.visitor order by r.priority desc, r.queued_at, r.id) - 1 as place
            from composition_run r join (
                select coalesce(person_id::text, visitor) as owner, max(gave_way_at) as gave_way,
                    count(*) filter (where state = 'RUNNING') as running
                from composition_run where state in ('QUEUED', 'RUNNING') group by 1) active
              on active.owner = coalesce(r.person_id::text, r.visitor)
            where r.state = 'QUEUED'""");

    /** Whether a run of somebody else, that fits the worker of this one, has waited for a while and would be next. */
    private static final String AWAITED = """
            select exists (
              select from composition_run mine join worker w on w.name = mine.worker
                join composition_queue q on not q.picked
                join composition_run other on other.id = q.run_id
                left join base_model b on b.id = q.base_model_id
               where mine.id = ?1 and (other.person_id, other.visitor) is distinct from (mine.person_id, mine.visitor)
                 and q.execution_time < now() - interval '5 s'
                 and q.turn < extract(epoch from now()) - %d * mine.priority
                 and (w.device <> 'cpu'
                   or q.model_bytes + w.slots * (q.candidates_bytes + q.computing_bytes) <= w.memory)
                 and (b.name = any (w.no_room_for)) is not true)""".formatted(STEP * AGEING);

    private static final String MOVE = "update composition_queue set turn = ?2 where run_id = ?1";

    private static final String MISSING = """
            insert into composition_queue (task_name, task_instance, execution_time, picked, version, base_model_id)
            select '%s', r.id::text, now(), false, 1, r.base_model_id from composition_run r
             where r.state in ('QUEUED', 'RUNNING') and not exists (
               select from composition_queue q where q.run_id = r.id)
            on conflict do nothing""".formatted(KIND);

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
                .setParameter(2, turn(run, ahead))
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

    /** Whether runs of others wait that its worker would take next, if it held none. */
    @Transactional
    public boolean isAwaited(UUID run) {
        return (Boolean) entities.createNativeQuery(AWAITED, Boolean.class)
                .setParameter(1, run)
                .getSingleResult();
    }

    /** Puts a run that its worker still holds behind those that wait now; its loaded model must not bring it before them. */
    void moveBack(CompositionRun run) {
        entities.createNativeQuery(MOVE)
                .setParameter(1, run.id)
                .setParameter(2, turn(run, 1))
                .executeUpdate();
    }

    /** Number of runs before it in the queue now. */
    public static long ahead(UUID run) {
        return ((Number) CompositionRun.getEntityManager()
                        .createNativeQuery(AHEAD)
                        .setParameter(1, run)
                        .getSingleResult())
                .longValue();
    }

    /**
     * The turn of a run that is being queued now.
     *
     * @param ahead number of queued and running runs of the same owner
     */
    static double turn(CompositionRun run, long ahead) {
        Instant since = run.queuedAt;
        double seconds = since.getEpochSecond() + since.getNano() / 1e9;
        long places = ahead + (run.person == null ? VISITOR : 0) - (long) STEP * run.priority;
        return seconds + (double) AGEING * places;
    }

    /** Puts the queued runs of one owner in order. Call this last in a transaction: it may wait for a lock. */
    @Transactional
    public void restore(RunOwner owner) {
        Object key = owner.person()
                .<Object>map(person -> person.id)
                .orElseGet(() -> owner.visitor().orElseThrow());
        entities.createNativeQuery("select 1 from pg_advisory_xact_lock(?1, hashtext(?2))")
                .setParameter(1, LOCK)
                .setParameter(2, key.toString())
                .getSingleResult();
        entities.createNativeQuery(ofOwner(owner)).setParameter(1, key).executeUpdate();
    }

    static String ofOwner(RunOwner owner) {
        return OF_OWNER.formatted(owner.person().isPresent() ? "person_id" : "visitor", FIRST);
    }

    /** Puts the queued runs of the run's owner in order. */
    @Transactional
    public void restoreFor(RunClaim run) {
        CompositionRun stored = CompositionRun.findById(run.id);
        if (stored != null) restore(RunOwner.of(stored));
    }

    /** Puts all runs in order, and queues missing ones. Only one process at a time does this. */
    @Transactional
    public void restore() {
        boolean alone = (Boolean) entities.createNativeQuery("select pg_try_advisory_xact_lock(?1, 0)", Boolean.class)
                .setParameter(1, LOCK)
                .getSingleResult();
        if (!alone) return;
        entities.createNativeQuery(MISSING).executeUpdate();
        entities.createNativeQuery(OF_ALL).executeUpdate();
    }
}
