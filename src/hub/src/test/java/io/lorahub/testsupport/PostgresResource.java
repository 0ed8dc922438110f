package io.lorahub.testsupport;

import io.lorahub.serve.DataDirectory;
import io.lorahub.serve.EmbeddedDatabase;
import io.lorahub.serve.ServeException;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.commons.io.file.PathUtils;

/**
 * Gives an application under test an empty database, object store, worker's cache and folder for imports. One PostgreSQL serves the whole
 * test JVM; every start of the application gets a database of its own.
 */
public final class PostgresResource implements QuarkusTestResourceLifecycleManager {

    /** In a system property, as Quarkus may load this class more than once. */
    private static final String SERVER = "lorahub.test.postgres";

    private Path objects;
    private Path cache;
    private Path imports;

    @Override
    public Map<String, String> start() {
        try {
            Path target = Files.createDirectories(Path.of("target"));
            objects = Files.createTempDirectory(target, "objects-").toAbsolutePath();
            cache = Files.createTempDirectory(target, "worker-cache-").toAbsolutePath();
            return Map.of(
                    "quarkus.datasource.jdbc.url",
                    newDatabase(server()),
                    "quarkus.datasource.username",
                    "postgres",
                    "quarkus.datasource.password",
                    "postgres",
                    "lorahub.storage.directory",
                    objects.toString(),
                    "lorahub.worker.cache",
                    cache.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException("The test's PostgreSQL gave no new database.", e);
        }
    }

    @Override
    public void stop() {
        try {
            for (Path folder : new Path[] {objects, cache, imports}) {
                if (folder != null) PathUtils.deleteDirectory(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server of this JVM, as its first address; the server ends with the JVM. */
    private static String server() throws SQLException {
        synchronized (System.getProperties()) {
            if (System.getProperty(SERVER) == null) System.setProperty(SERVER, startServer());
            return System.getProperty(SERVER);
        }
    }

    @SuppressWarnings("resource") // closed by the hook
    private static String startServer() throws SQLException {
        DataDirectory folder = freeFolder();
        EmbeddedDatabase server =
                EmbeddedDatabase.start(folder.path(), "fsync=off", "synchronous_commit=off", "full_page_writes=off");
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            server.close();
                            folder.close();
                        },
                        "test-postgres"));
        String url = server.jdbcUrl() + "?user=" + server.username() + "&password=" + server.password();
        dropOldDatabases(url);
        return url;
    }

    /** One that no other JVM uses; it is kept, so the next JVM need not create a new server. */
    private static DataDirectory freeFolder() {
        for (int number = 0; ; number++) {
            try {
                return DataDirectory.open(Path.of("target", "test-postgres-" + number));
            } catch (ServeException e) {
                if (number == 20) throw e;
            }
        }
    }

    private static void dropOldDatabases(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            List<String> names = new ArrayList<>();
            try (ResultSet rows =
                    statement.executeQuery("SELECT datname FROM pg_database WHERE datname LIKE 'test%'")) {
                while (rows.next()) names.add(rows.getString(1));
            }
            for (String name : names) statement.execute("DROP DATABASE " + name);
        }
    }

    private static String newDatabase(String server) throws SQLException {
        String name = "test_" + UUID.randomUUID().toString().replace('-', '_');
        try (Connection connection = DriverManager.getConnection(server);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return server.replace("/postgres?", "/" + name + "?");
    }
}
