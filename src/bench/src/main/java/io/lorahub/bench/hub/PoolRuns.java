package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** Runs on the hub under test, and what its database says about them. */
public final class PoolRuns {

    private static final long POLL_NANOS = 20_000_000;

    private final Connection connection;
    private final BenchHubClient client;

    PoolRuns(Connection connection, BenchHubClient client) {
        this.connection = connection;
        this.client = client;
    }

    UUID start(int evaluations) {
        return UUID.fromString(
                client.post("/api/v1/runs", request(evaluations)).path("id").asText());
    }

    /** What the API takes. */
    public static ObjectNode request(int evaluations) {
        ObjectNode run = BenchOutput.JSON.createObjectNode();
        run.put("title", "bench").put("budget", evaluations).put("strategy", PlainSearch.STRATEGY);
        ArrayNode candidates = run.putArray("candidates");
        PlainSearch.CANDIDATES.forEach(name -> candidates.add("demo/" + name));
        ArrayNode examples = run.putArray("examples");
        for (Example example : DemoHub.open().task(PlainSearch.TASK).fewShot(1)) {
            examples.addObject().put("input", example.input()).put("output", example.output());
        }
        return run;
    }

    /** Lets everybody watch it. */
    void share(UUID run) throws SQLException {
        number("update composition_run set shared = true where id = '%s' returning 1".formatted(run));
    }

    /** How many evaluations it has. */
    int spent(UUID run) throws SQLException {
        return (int) number("select spent from composition_run where id = '%s'".formatted(run));
    }

    void awaitEnd(UUID run) throws SQLException {
        while (number("select (state = 'SUCCEEDED')::int from composition_run where id = '%s'".formatted(run)) == 0) {
            pause(run);
        }
    }

    /**
     * Waits until files of a result are made.
     *
     * @param rank 0 for the full model
     * @return the task that made them
     */
    UUID awaitExport(UUID run, int rank) throws SQLException {
        String sql = "select id, state, failure from worker_task where run_id = '%s' and question ->> 'rank' = '%d'"
                .formatted(run, rank);
        while (true) {
            try (PreparedStatement statement = connection.prepareStatement(sql);
                    ResultSet row = statement.executeQuery()) {
                if (row.next() && row.getString("state").equals("ANSWERED")) return row.getObject("id", UUID.class);
                if (row.getRow() > 0 && row.getString("state").equals("FAILED")) {
                    throw new EngineException("The export failed: %s".formatted(row.getString("failure")));
                }
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private void pause(UUID run) throws SQLException {
        if (number("select (state in ('FAILED', 'CANCELLED'))::int from composition_run where id = '%s'".formatted(run))
                == 1) {
            throw new EngineException("The run %s of the bench has failed.".formatted(run));
        }
        LockSupport.parkNanos(POLL_NANOS);
    }

    /** From the first evaluation to the last. */
    double secondsPerEvaluation(UUID run) throws SQLException {
        return number("""
                select extract(epoch from max(at) - min(at)) / (count(*) - count(*) filter (where at = first))
                  from (select at, min(at) over () as first from composition_evaluation where run_id = '%s') log""".formatted(run));
    }

    /** Of all runs together, from the first evaluation of any to the last of any. */
    double evaluationsPerSecond(List<UUID> runs) throws SQLException {
        String ids = String.join("', '", runs.stream().map(UUID::toString).toList());
        return number("""
                select count(*) / extract(epoch from max(at) - min(at)) from composition_evaluation
                 where run_id in ('%s')""".formatted(ids));
    }

    /** When an evaluation was recorded, in seconds since 1970. */
    double notedAt(UUID run, int number) throws SQLException {
        return number("select extract(epoch from at) from composition_evaluation where run_id = '%s' and number = %d"
                .formatted(run, number));
    }

    private double number(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getDouble(1);
        }
    }
}
