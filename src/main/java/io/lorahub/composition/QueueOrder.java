package io.lorahub.composition;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;

/**
 * In which order runs wait, and that none is forgotten. A run stands behind as many places as its owner has runs before
 * it, so that who has many does not hold up who has few; it gains a place for every half minute that it waits, so that
 * it is not overtaken for ever. Workers put this in order at every beat; of several at once one does it.
 */
@ApplicationScoped
public class QueueOrder {

    /** What one step of an admin's priority is worth, in places. */
    static final int STEP = 100;

    /** Seconds of waiting that are worth one place. */
    static final int AGEING = 30;

    /** Of PostgreSQL's advisory lock; any number that nothing else locks. */
    private static final long LOCK = 0x71756575;

    private static final String ORDER = """
            with waiting as (
              select r.id::text as run, greatest(-32768, least(32767, r.priority * %d
                  + floor(extract(epoch from now() - r.queued_at) / %d)
                  - (select count(*) from composition_run other where other.state = 'RUNNING'
                       and (other.person_id = r.person_id or other.visitor = r.visitor))
                  - (row_number() over (partition by r.person_id, r.visitor order by r.priority desc, r.queued_at, r.id) - 1)
                ))::smallint as priority
              from composition_run r where r.state = 'QUEUED')
            update composition_queue q set priority = w.priority from waiting w
             where q.task_name = '%s' and q.task_instance = w.run and not q.picked
               and q.priority is distinct from w.priority""".formatted(STEP, AGEING, RunQueue.TASK);

    /** A run can lose its place when it is resumed in the moment in which the worker that paused it drops it. */
    private static final String MEND = """
            insert into composition_queue (task_name, task_instance, execution_time, picked, version, priority)
            select '%s', r.id::text, now(), false, 1, 0 from composition_run r
             where r.state in ('QUEUED', 'RUNNING') and not exists (
               select from composition_queue q where q.task_name = '%1$s' and q.task_instance = r.id::text)
            on conflict do nothing""".formatted(RunQueue.TASK);

    private final EntityManager entities;

    QueueOrder(EntityManager entities) {
        this.entities = entities;
    }

    /**
     * Of a run that begins to wait now.
     *
     * @param ahead how many runs of the same owner wait or run already
     */
    static int priority(int given, long ahead) {
        return (int) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, (long) given * STEP - ahead));
    }

    @Transactional
    public void restore() {
        boolean alone = (Boolean) entities.createNativeQuery("select pg_try_advisory_xact_lock(?1)", Boolean.class)
                .setParameter(1, LOCK)
                .getSingleResult();
        if (!alone) return;
        entities.createNativeQuery(MEND).executeUpdate();
        entities.createNativeQuery(ORDER).executeUpdate();
    }
}
