package io.lorahub.serve;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A process that adds rows to a database of its own until it is killed, and prints the number of each that was acknowledged. */
final class AcknowledgingWriter {

    private AcknowledgingWriter() {}

    public static void main(String[] args) throws SQLException {
        EmbeddedDatabase database = EmbeddedDatabase.start(Path.of(args[0]));
        try (Connection connection = Databases.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE written (number bigint PRIMARY KEY)");
            for (long number = 0; ; number++) {
                statement.execute("INSERT INTO written VALUES (" + number + ")");
                System.out.println(number);
            }
        }
    }
}
