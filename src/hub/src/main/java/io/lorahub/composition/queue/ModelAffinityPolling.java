package io.lorahub.composition.queue;

import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.Execution;
import io.lorahub.job.JobQueue;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How a worker claims runs, or other jobs that need a base model, from a queue: only those that fit its memory and its disk. It
 * prefers base models that it has loaded, and for a few seconds leaves a job to an idle worker that has the job's model loaded.
 */
public final class ModelAffinityPolling extends PostgreSqlJdbcCustomization {

    /** How long a run waits for a worker that has its model. */
    static final Duration PATIENCE = Duration.ofSeconds(3);

    /** Number of runs considered, so that the cost of polling does not depend on the length of the queue. */
    private static final int WINDOW = 100;

    /**
     * Parameters: the current time, the worker's slots and its memory limit, the names of base models that it has no room
     * for, the worker's models twice, PATIENCE in
     * seconds, the worker's name, the maximum age of a live worker's last heartbeat in seconds. Then, in the text
     * itself, the maximum number of runs.
     *
     * <p>The window is read from a covering index; rows are sorted before they are looked up and locked, one by one.
     * PostgreSQL plans the statement once for each connection if a plan for any parameters looks as cheap as one for
     * these. So the limit is part of the text, as it would count an unknown one as a tenth of all rows, and the time is
     * compared as a difference, of which it has no statistics.
     */
    private static final String DUE = """
            with first as materialized (
              select task_name, task_instance, base_model_id, execution_time, turn from %1$s
               where not picked and execution_time - ?::timestamptz <= interval '0' and task_name = '%2$s'
                 and model_bytes + ? * (candidates_bytes + computing_bytes) <= ?
                 and (base_model_id in (select id from base_model where name = any (?))) is not true
               order by turn, execution_time limit %3$d),
            ranked as not materialized (
              select first.task_name, first.task_instance, first.turn, floor(first.turn / %4$d) as step,
                     coalesce(b.name = any (?), false) as loaded
                from first left join base_model b on b.id = first.base_model_id
               where b.id is null
                  or b.name = any (?)
                  or first.execution_time <= now() - make_interval(secs => ?)
                  or not exists (select from worker w where w.name <> ? and w.models @> array[b.name]
                    and w.running < w.slots and not w.draining and w.seen_at > now() - make_interval(secs => ?))
               order by step, loaded desc, turn limit %3$d)
            select locked.task_name, locked.task_instance from ranked cross join lateral (
              select task_name, task_instance from %1$s
               where task_name = ranked.task_name and task_instance = ranked.task_instance and not picked
                 for update skip locked) locked
             order by ranked.step, ranked.loaded desc, ranked.turn
             limit %5$d""";

    private static final String TAKE = """
            update %s taken set picked = true, picked_by = ?, last_heartbeat = ?, version = version + 1
             where (taken.task_name, taken.task_instance) in (%s) returning taken.*""";

    private final JobQueue queue;
    private final String kind;
    private final String worker;
    private final Duration silence;
    private final LongSupplier memory;
    private final int slots;
    private final Supplier<List<String>> models;
    private final Supplier<List<String>> noRoomFor;

    /**
     * @param queue   whose table has the columns base_model_id, turn, model_bytes, candidates_bytes and computing_bytes
     * @param kind    of its jobs
     * @param silence time without heartbeats after which a worker counts as dead
     * @param memory  this worker's memory limit in bytes
     * @param slots   its number of simultaneous runs, each of which must fit
     * @param models  its idle models
     * @param noRoomFor base models whose runs it can't take, because its disk has no room for their files
     */
    public ModelAffinityPolling(
            JobQueue queue,
            String kind,
            String worker,
            Duration silence,
            LongSupplier memory,
            int slots,
            Supplier<List<String>> models,
            Supplier<List<String>> noRoomFor) {
        super(false, false);
        this.queue = queue;
        this.kind = kind;
        this.worker = worker;
        this.silence = silence;
        this.memory = memory;
        this.slots = slots;
        this.models = models;
        this.noRoomFor = noRoomFor;
    }

    @Override
    public List<Execution> lockAndFetchSingleStatement(
            JdbcTaskRepositoryContext context, Instant now, int limit, boolean orderByPriority) {
        return context.jdbcRunner.query(
                taking(limit),
                statement -> take(statement, context.schedulerName.getName(), now),
                context.resultSetMapper.get());
    }

    /** The statement that takes at most that many runs; {@link #take} sets its parameters. */
    public String taking(int limit) {
        return TAKE.formatted(queue.table(), due(limit));
    }

    String due(int limit) {
        return DUE.formatted(queue.table(), kind, WINDOW, RunQueue.AGEING, limit);
    }

    public void take(PreparedStatement statement, String scheduler, Instant now) throws SQLException {
        statement.setString(1, scheduler);
        setInstant(statement, 2, now);
        due(statement, 3, now);
    }

    void due(PreparedStatement statement, int first, Instant now) throws SQLException {
        Array loaded =
                statement.getConnection().createArrayOf("text", models.get().toArray());
        setInstant(statement, first, now);
        statement.setInt(first + 1, slots);
        statement.setLong(first + 2, memory.getAsLong());
        statement.setArray(
                first + 3,
                statement.getConnection().createArrayOf("text", noRoomFor.get().toArray()));
        statement.setArray(first + 4, loaded);
        statement.setArray(first + 5, loaded);
        statement.setDouble(first + 6, seconds(PATIENCE));
        statement.setString(first + 7, worker);
        statement.setDouble(first + 8, seconds(silence));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
