package io.lorahub.serve;

import io.lorahub.storage.StorageProducer;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StorageConfig;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Database and store of a hub according to the settings of {@code serve}, without the application, for an operator's
 * commands. The hub can be running meanwhile.
 */
public record HubStore(ObjectStore objects, DataSource database) {

    /**
     * Runs the work on the hub's store. If the hub has an embedded PostgreSQL that is not running, it is started for
     * that time.
     *
     * @param environment environment variables of the process
     * @param features    interfaces that declare settings
     * @param directory   the data directory
     * @throws ServeException if the settings are wrong, or there is no hub
     */
    public static <T> T with(
            Map<String, String> environment, List<Class<?>> features, Path directory, Function<HubStore, T> work) {
        return with(environment, features, directory, false, work);
    }

    /** The same for a hub that doesn't exist yet, or is stopped; an embedded PostgreSQL is made if it is missing. */
    public static <T> T withNew(
            Map<String, String> environment, List<Class<?>> features, Path directory, Function<HubStore, T> work) {
        return with(environment, features, directory, true, work);
    }

    private static <T> T with(
            Map<String, String> environment,
            List<Class<?>> features,
            Path directory,
            boolean isNew,
            Function<HubStore, T> work) {
        ServerSettings settings = new ServerSettings(environment, features);
        settings.check();
        Path data = directory.toAbsolutePath().normalize();
        Optional<String> url = settings.databaseUrl();
        if (url.isPresent()) {
            String username = environment.get("LORAHUB_DATABASE_USERNAME");
            String password = environment.get("LORAHUB_DATABASE_PASSWORD");
            return apply(
                    work,
                    new HubStore(
                            objects(environment, data),
                            database(ServerSettings.jdbcUrl(url.get()), username, password)));
        }
        Path postgres = data.resolve("postgres");
        if (!isNew && !Files.isDirectory(postgres)) {
            throw new ServeException(
                    "There is no hub in %s. Name its data directory with --data, or set LORAHUB_DATABASE_URL."
                            .formatted(data));
        }
        Optional<String> running = isNew ? Optional.empty() : EmbeddedDatabase.running(postgres);
        if (running.isPresent()) {
            return apply(work, new HubStore(objects(environment, data), database(running.get(), postgres)));
        }
        try (DataDirectory held = DataDirectory.open(data);
                EmbeddedDatabase database = EmbeddedDatabase.start(postgres)) {
            Thread end = new Thread(database::close, "postgres-end");
            Runtime.getRuntime().addShutdownHook(end); // for a signal; PostgreSQL would go on
            try {
                return apply(work, new HubStore(objects(environment, data), database(database.jdbcUrl(), postgres)));
            } finally {
                remove(end);
            }
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // it is at work already
        }
    }

    private static <T> T apply(Function<HubStore, T> work, HubStore hub) {
        try {
            return work.apply(hub);
        } catch (FlywayException e) {
            throw StartFailure.known(e).orElseThrow(() -> e);
        }
    }

    private static ObjectStore objects(Map<String, String> environment, Path data) {
        StorageConfig config = new SmallRyeConfigBuilder()
                .withSources(new EnvConfigSource(environment, 300))
                .withDefaultValue(
                        "lorahub.storage.directory", data.resolve("objects").toString())
                .addDiscoveredConverters()
                .withMapping(StorageConfig.class)
                .build()
                .getConfigMapping(StorageConfig.class);
        return StorageProducer.of(config);
    }

    private static DataSource database(String url, Path postgres) {
        return database(url, PostgresCluster.OWNER, new PostgresCluster(postgres, null).password());
    }

    private static DataSource database(String url, String username, String password) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUser(username);
        database.setPassword(password);
        database.setURL(url); // set after them, so that credentials in the URL take precedence
        database.setApplicationName("lorahub");
        database.setTcpKeepAlive(true); // a backup keeps a connection while it copies
        return database;
    }
}
