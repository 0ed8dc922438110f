package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Samples;
import io.lorahub.composition.queue.ModelAffinityPolling;
import io.lorahub.composition.queue.RunQueue;
import io.lorahub.job.JobQueue;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The cost of taking a run from a long queue: the statement that workers use, while no worker runs. Each take is
 * rolled back, so that all see the same queue.
 */
final class QueueLoad {

    static final int FEW = 100;
    static final int MANY = 15_000;

    private static final int WARM = 20;
    private static final int TAKES = 200;
    private static final Duration SILENCE = Duration.ofSeconds(8);

    /** Copies of a run, half of them of its member, the others of one visitor each. */
    private static final String RUNS = """
            insert into composition_run (id, person_id, visitor, title, base_model_id, spec, budget, queued_at)
            select gen_random_uuid(), case when n %% 2 = 0 then person_id end, case when n %% 2 = 1 then md5(n::text) end,
                   'waiting', base_model_id, spec, budget, now() - interval '1 hour' + n * interval '1 ms'
            from composition_run, generate_series(%d, %d) n where id = '%s'""";

    private static final String QUEUE = """
            insert into composition_queue (task_name, task_instance, execution_time, picked, version, turn, base_model_id)
            select 'composition', id::text, queued_at, false, 1, extract(epoch from queued_at), base_model_id
            from composition_run r where title = 'waiting'
              and not exists (select from composition_queue q where q.run_id = r.id)""";

    private final Connection connection;
    private final UUID run;
    private int waiting;

    /** @param run of which copies wait */
    QueueLoad(Connection connection, UUID run) {
        this.connection = connection;
        this.run = run;
    }

    ObjectNode measure() throws SQLException {
        double few = measure(FEW);
        double many = measure(MANY);
        return BenchOutput.JSON
                .createObjectNode()
                .put("few", FEW)
                .put("many", MANY)
                .put("few_seconds", few)
                .put("many_seconds", many)
                .put("ratio", many / few);
    }

    /**
     * @param count how many wait, no fewer than at the call before
     * @return the median of the seconds of a take
     */
    double measure(int count) throws SQLException {
        if (count > waiting) add(count);
        return secondsOfTaking();
    }

    private void add(int count) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(RUNS.formatted(waiting + 1, count, run));
            statement.execute(QUEUE);
            // as PostgreSQL does by itself after a while
            statement.execute("vacuum analyze composition_run");
            statement.execute("vacuum analyze composition_queue");
        }
        waiting = count;
    }

    private double secondsOfTaking() throws SQLException {
        ModelAffinityPolling fetch = new ModelAffinityPolling(
                JobQueue.RUNS, RunQueue.KIND, "bench", SILENCE, () -> Long.MAX_VALUE, 1, List::of, List::of);
        List<Double> times = new ArrayList<>();
        connection.setAutoCommit(false);
        try (PreparedStatement statement = connection.prepareStatement(fetch.taking(1))) {
            for (int i = 0; i < WARM + TAKES; i++) {
                long start = System.nanoTime();
                fetch.take(statement, "bench", Instant.now());
                try (ResultSet row = statement.executeQuery()) {
                    if (!row.next()) throw new SQLException("Nothing waits in the queue of the bench.");
                }
                if (i >= WARM) times.add((System.nanoTime() - start) / 1e9);
                connection.rollback();
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
        return Samples.of(times).median();
    }
}
