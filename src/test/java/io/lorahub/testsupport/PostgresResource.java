package io.lorahub.testsupport;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import org.apache.commons.io.file.PathUtils;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Gives an application under test an empty database and an empty object store. One PostgreSQL serves the whole test
 * JVM; every start of the application gets a database of its own.
 */
public final class PostgresResource implements QuarkusTestResourceLifecycleManager {

    /** In a system property, as Quarkus may load this class more than once. */
    private static final String SERVER = "lorahub.test.postgres";

    private Path objects;

    @Override
    public Map<String, String> start() {
        try {
            Path target = Files.createDirectories(Path.of("target"));
            objects = Files.createTempDirectory(target, "objects-").toAbsolutePath();
            return Map.of(
                    "quarkus.datasource.jdbc.url",
                    newDatabase(server()),
                    "quarkus.datasource.username",
                    "postgres",
                    "quarkus.datasource.password",
                    "postgres",
                    "lorahub.storage.directory",
                    objects.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException("The test's PostgreSQL gave no new database.", e);
        }
    }

    @Override
    public void stop() {
        try {
            if (objects != null) PathUtils.deleteDirectory(objects);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address, up to the database's name, of the server of this JVM; the server ends with the JVM. */
    private static String server() throws IOException {
        synchronized (System.getProperties()) {
            if (System.getProperty(SERVER) == null) System.setProperty(SERVER, startServer());
            return System.getProperty(SERVER);
        }
    }

    @SuppressWarnings("resource") // closed by its shutdown hook
    private static String startServer() throws IOException {
        Path binaries = Path.of(System.getProperty("user.home"), ".cache", "lorahub", "test-postgres");
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(Files.createDirectories(binaries).toFile())
                .setDataDirectory(Files.createTempDirectory(Path.of("target"), "postgres-"))
                .start();
        return "jdbc:postgresql://127.0.0.1:%d/".formatted(server.getPort());
    }

    private static String newDatabase(String server) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(server + "postgres");
        source.setUser("postgres");
        String name = "test_" + UUID.randomUUID().toString().replace('-', '_');
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return server + name;
    }
}
