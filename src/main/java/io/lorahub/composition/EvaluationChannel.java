package io.lorahub.composition;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

/** Tells every web process that a run has something new, when the transaction commits (PostgreSQL NOTIFY). */
final class EvaluationChannel {

    static final String CHANNEL = "composition_run";

    private EvaluationChannel() {}

    static void send(Connection connection, UUID run) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select pg_notify(?, ?)")) {
            statement.setString(1, CHANNEL);
            statement.setString(2, run.toString());
            statement.execute();
        }
    }
}
