package io.lorahub.composition.queue;

import io.lorahub.composition.CompositionRun;
import io.lorahub.database.ChangeEvents;
import io.lorahub.engine.learning.EvaluationRecord;
import io.lorahub.engine.learning.RunListener;
import io.lorahub.engine.optimize.Observation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import jakarta.persistence.PersistenceException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * A run's log in the database. Each evaluation is written before the search continues, and only by the worker that
 * holds the run. Numbers are read back bit for bit, so a run continued by another worker ends at the same weights.
 */
public final class RunJournal implements RunListener {

    private static final Counter EVALUATIONS = Counter.builder("lorahub.evaluations")
            .description("Evaluations of mixes, as counted by budgets")
            .register(Metrics.globalRegistry);

    /** Checks the claim in the same statement, so that a worker that has lost the run writes nothing. */
    private static final String PROGRESS = """
            update composition_run set spent = ?, best = ?, seconds = seconds + ?, lost = 0
             where id = ? and claim = ? and state = 'RUNNING' returning stop_request""";

    private static final String INSERT = """
            insert into composition_evaluation
              (run_id, number, cost, weights, objective, loss, token_losses, gradient, example_gradients, seconds)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String SPENT = """
            update composition_run run set spent = left_over.cost, best = left_over.best
              from (select coalesce(sum(cost), 0) as cost, min(nullif(objective, 'NaN')) as best
                      from composition_evaluation where run_id = ? and number < ?) left_over
             where run.id = ? and run.claim = ? and run.state = 'RUNNING'""";

    private final DataSource database;
    private final UUID run;
    private final int claim;
    private final Consumer<CompositionRun.StopRequest> onStopRequest;

    /** @param onStopRequest called when the owner wants to pause, cancel or finish the run */
    public RunJournal(DataSource database, UUID run, int claim, Consumer<CompositionRun.StopRequest> onStopRequest) {
        this.database = database;
        this.run = run;
        this.claim = claim;
        this.onStopRequest = onStopRequest;
    }

    /** @throws LostRunException if another worker now holds the run, or it is no longer running */
    @Override
    public void evaluated(List<EvaluationRecord> records, EvaluationRecord best, int spent) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                String request = progress(connection, records, best, spent);
                insert(connection, records);
                ChangeEvents.changed(connection, run);
                connection.commit();
                EVALUATIONS.increment(
                        records.stream().mapToInt(EvaluationRecord::cost).sum());
                if (request != null) onStopRequest.accept(CompositionRun.StopRequest.valueOf(request));
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw new PersistenceException("The log of run %s could not be written.".formatted(run), e);
        }
    }

    private String progress(Connection connection, List<EvaluationRecord> records, EvaluationRecord best, int spent)
            throws SQLException {
        // if a database crash loses the last moments of the log, the run can still continue from the rest
        try (PreparedStatement fast = connection.prepareStatement("set local synchronous_commit = off")) {
            fast.execute();
        }
        try (PreparedStatement statement = connection.prepareStatement(PROGRESS)) {
            statement.setInt(1, spent);
            statement.setDouble(2, best.objective());
            statement.setDouble(
                    3, records.stream().mapToDouble(EvaluationRecord::seconds).sum());
            statement.setObject(4, run);
            statement.setInt(5, claim);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) throw new LostRunException(run);
                return row.getString(1);
            }
        }
    }

    private void insert(Connection connection, List<EvaluationRecord> records) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (EvaluationRecord record : records) {
                statement.setObject(1, run);
                statement.setInt(2, record.number());
                statement.setInt(3, record.cost());
                statement.setArray(4, doubles(connection, record.weights()));
                statement.setDouble(5, record.objective());
                statement.setDouble(6, record.loss());
                statement.setArray(7, floats(connection, record.tokenLosses()));
                statement.setArray(8, doubles(connection, record.gradient()));
                statement.setArray(9, matrix(connection, record.exampleGradients()));
                statement.setDouble(10, record.seconds());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static Array doubles(Connection connection, double[] values) throws SQLException {
        return values == null
                ? null
                : connection.createArrayOf(
                        "float8", Arrays.stream(values).boxed().toArray());
    }

    private static Array floats(Connection connection, float[] values) throws SQLException {
        return values == null ? null : connection.createArrayOf("float4", boxed(values));
    }

    private static Array matrix(Connection connection, float[][] rows) throws SQLException {
        return rows == null
                ? null
                : connection.createArrayOf(
                        "float4", Arrays.stream(rows).map(RunJournal::boxed).toArray(Float[][]::new));
    }

    private static Float[] boxed(float[] values) {
        Float[] boxed = new Float[values.length];
        for (int i = 0; i < values.length; i++) boxed[i] = values[i];
        return boxed;
    }

    /**
     * Deletes the evaluations from this number on.
     *
     * @throws LostRunException if another worker now holds the run, or it is no longer running
     */
    public void cut(int from) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement spent = connection.prepareStatement(SPENT);
                    PreparedStatement delete = connection.prepareStatement(
                            "delete from composition_evaluation where run_id = ? and number >= ?")) {
                spent.setObject(1, run);
                spent.setInt(2, from);
                spent.setObject(3, run);
                spent.setInt(4, claim);
                if (spent.executeUpdate() == 0) throw new LostRunException(run);
                delete.setObject(1, run);
                delete.setInt(2, from);
                delete.executeUpdate();
                ChangeEvents.changed(connection, run);
                connection.commit();
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw new PersistenceException("The log of run %s could not be cut.".formatted(run), e);
        }
    }

    /** The log so far, in order. */
    public static List<EvaluationRecord> read(DataSource database, UUID run) {
        List<EvaluationRecord> records = new ArrayList<>();
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement("""
                        select number, cost, weights, objective, loss, token_losses, gradient, example_gradients, seconds
                          from composition_evaluation where run_id = ? order by number""")) {
            statement.setObject(1, run);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    records.add(new EvaluationRecord(
                            row.getInt(1),
                            row.getInt(2),
                            new Observation(
                                    doubles(row.getArray(3)),
                                    row.getDouble(4),
                                    row.getDouble(5),
                                    floats(row.getArray(6)),
                                    doubles(row.getArray(7)),
                                    matrix(row.getArray(8))),
                            row.getDouble(9)));
                }
            }
        } catch (SQLException e) {
            throw new PersistenceException("The log of run %s could not be read.".formatted(run), e);
        }
        return records;
    }

    private static double[] doubles(Array values) throws SQLException {
        return values == null
                ? null
                : Arrays.stream((Double[]) values.getArray())
                        .mapToDouble(d -> d)
                        .toArray();
    }

    private static float[] floats(Array values) throws SQLException {
        return values == null ? null : unboxed((Float[]) values.getArray());
    }

    private static float[][] matrix(Array rows) throws SQLException {
        return rows == null
                ? null
                : Arrays.stream((Float[][]) rows.getArray())
                        .map(RunJournal::unboxed)
                        .toArray(float[][]::new);
    }

    private static float[] unboxed(Float[] boxed) {
        float[] result = new float[boxed.length];
        for (int i = 0; i < boxed.length; i++) result[i] = boxed[i];
        return result;
    }
}
