package io.lorahub.serve;

import io.quarkus.runtime.Quarkus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;

/**
 * The hub as a process: its data directory, its database and the application, started in this order and stopped in
 * reverse.
 */
public final class Server {

    private static final Logger LOG = Logger.getLogger(Server.class);

    /** No request takes this long to arrive. */
    private static final Duration LEFT = Duration.ofDays(2);

    private final ServerOptions options;
    private final ServerSettings settings;
    private final Termination termination = new Termination();

    /** @param features interfaces that declare settings */
    public Server(ServerOptions options, List<Class<?>> features) {
        this.options = options;
        this.settings = new ServerSettings(System.getenv(), features);
    }

    /**
     * Runs the server until it is stopped by Ctrl-C or SIGTERM.
     *
     * @throws ServeException if it cannot run
     */
    public void run() {
        termination.register();
        try {
            settings.apply(options);
            settings.check();
            if (options.port() != 0) new Address(options.host(), options.port()).requireFree();
            settings.monitoring().ifPresent(Server::requireFree);
            Optional<String> url = settings.databaseUrl();
            if (url.isPresent()) {
                runWithDatabaseAt(url.get());
            } else {
                runWithOwnDatabase();
            }
        } catch (ServeException e) {
            if (!termination.hasBegun()) throw e; // otherwise the stop interrupted a part that was still starting
        } finally {
            termination.closed();
        }
    }

    /** Checked before anything starts; the port is opened by the application. */
    private static void requireFree(Address monitoring) {
        try {
            monitoring.requireFree();
        } catch (ServeException e) {
            throw new ServeException(
                    "Nothing can listen on %s, which LORAHUB_ADMIN_MONITORING_HOST and _PORT give for health and metrics: %s."
                            .formatted(monitoring, e.getCause().getMessage()),
                    e);
        }
    }

    private void runWithOwnDatabase() {
        try (DataDirectory data = DataDirectory.open(options.data())) {
            if (Files.notExists(data.path().resolve("postgres"))) {
                System.err.println("lorahub: preparing a new hub, which takes longer than later starts…");
            }
            data.clear("uploads"); // left by requests that a killed server did not finish
            settings.logToFile(data.folder("log").resolve("lorahub.log"));
            try (EmbeddedDatabase database = EmbeddedDatabase.start(data.folder("postgres"))) {
                database.restartWhenEnded(termination::hasBegun);
                settings.applyDatabase(database.jdbcUrl(), database.username(), database.password());
                runApplication(data.path());
            }
        }
    }

    /** Other servers can share the data directory, as they share the database. */
    private void runWithDatabaseAt(String url) {
        try (DataDirectory data = DataDirectory.shared(options.data())) {
            data.clear("uploads", LEFT);
            settings.applyExternalDatabase(url);
            runApplication(data.path());
        }
    }

    private void runApplication(Path data) {
        settings.applyFolders(data);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        quietUntilConfigured();
        if (!termination.hasBegun()) {
            Quarkus.run(StartNotice.class, (code, thrown) -> failure.set(thrown), data.toString());
        }
        if (failure.get() != null) {
            boolean onlyTrace = StartFailure.known(failure.get()).isEmpty();
            Level level = onlyTrace || settings.logsToFile() ? Level.INFO : Level.DEBUG;
            LOG.log(level, "The application did not start.", failure.get());
            throw StartFailure.of(failure.get());
        }
    }

    /** Otherwise, if logging is never configured, all early messages of libraries would appear in the terminal. */
    private static void quietUntilConfigured() {
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
    }
}
