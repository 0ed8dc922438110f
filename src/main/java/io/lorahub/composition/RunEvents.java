package io.lorahub.composition;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * What processes tell each other when a transaction commits (PostgreSQL NOTIFY): that a run or task has something new, to
 * those who watch it, and what workers shall look at without waiting for their next poll. One connection of each process
 * listens; after it was lost, everybody is told to look again. Nothing depends on it being heard.
 */
@ApplicationScoped
public class RunEvents {

    /** A run may be taken. */
    static final String DUE = "due";

    /** Somebody changed what workers shall do, such as to drain. */
    static final String WORKERS = "workers";

    /** For listeners whose connection was lost for a while: anything may have been said meanwhile. */
    static final String ANYTHING = "";

    private static final Logger LOG = Logger.getLogger(RunEvents.class);

    private static final String RUNS = "composition_run";
    private static final String QUEUE = "composition_pool";

    /** After how long without news the listener looks whether it shall end, in ms; it asks nobody. */
    private static final int QUIET = 500;

    private static final int RECONNECT = 500;

    /** After so many attempts without a connection, watchers have seen nothing new for long. */
    private static final int ATTEMPTS = 20;

    private final EntityManager entities;
    private final DataSource database;
    private final Map<UUID, Set<Runnable>> watchers = new ConcurrentHashMap<>();
    private final Set<Consumer<String>> workers = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;
    private int attempts;
    private Thread thread;

    RunEvents(EntityManager entities, DataSource database) {
        this.entities = entities;
        this.database = database;
    }

    /** Says that the run has something new. */
    void changed(CompositionRun run) {
        changed(run.id);
    }

    /** The same of a run or a task. */
    void changed(UUID id) {
        send(RUNS, id.toString());
    }

    /** The same, in the transaction of a connection. */
    static void changed(Connection connection, UUID run) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select pg_notify(?, ?)")) {
            statement.setString(1, RUNS);
            statement.setString(2, run.toString());
            statement.execute();
        }
    }

    /** Tells workers that a run may be taken. */
    void due() {
        send(QUEUE, DUE);
    }

    /** Tells workers that somebody changed what they shall do. */
    void workers() {
        send(QUEUE, WORKERS);
    }

    /** Tells workers that the owner wants something of a run that one of them holds. */
    void wish(UUID run) {
        send(QUEUE, run.toString());
    }

    private void send(String channel, String text) {
        entities.createNativeQuery("select cast(pg_notify(?1, ?2) as text)", String.class)
                .setParameter(1, channel)
                .setParameter(2, text)
                .getSingleResult();
    }

    /**
     * Calls back whenever the run may have something new, on the listening thread: the callback must be quick.
     *
     * @return ends it
     */
    public AutoCloseable watch(UUID run, Runnable callback) {
        watchers.compute(run, (id, known) -> {
            Set<Runnable> all = known == null ? ConcurrentHashMap.newKeySet() : known;
            all.add(callback);
            return all;
        });
        return () -> watchers.computeIfPresent(run, (id, all) -> {
            all.remove(callback);
            return all.isEmpty() ? null : all;
        });
    }

    /** Ends what {@link #watch} began. */
    static void end(AutoCloseable watch) {
        try {
            watch.close();
        } catch (Exception e) {
            throw new IllegalStateException("ending a watch only takes it off a list", e);
        }
    }

    /** Calls back with what is said to workers, on the listening thread: the callback must be quick. */
    void follow(Consumer<String> worker) {
        workers.add(worker);
    }

    void start(@Observes StartupEvent event) {
        thread = new Thread(this::listen, "run-feed");
        thread.setDaemon(true);
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) {
        stopped = true;
        if (thread == null) return;
        try {
            thread.join(4 * QUIET); // so that its connection is given back before all are closed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void listen() {
        while (!stopped) {
            try (Connection connection = database.getConnection()) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("listen " + RUNS);
                    statement.execute("listen " + QUEUE);
                }
                found();
                watchers.values().forEach(RunEvents::call); // for what was said while nobody listened
                tell(ANYTHING);
                PGConnection postgres = connection.unwrap(PGConnection.class);
                while (!stopped) {
                    PGNotification[] said = postgres.getNotifications(QUIET);
                    if (said == null) continue;
                    for (PGNotification one : said) hear(one);
                }
            } catch (SQLException e) {
                if (!stopped) lost(e);
                pause();
            } catch (RuntimeException e) {
                if (!stopped) LOG.warn("The run feed has met a fault and begins again.", e);
                pause();
            }
        }
    }

    /** A connection that is lost now and then is nothing to act on: the next one tells all that was missed. */
    void lost(SQLException e) {
        attempts++;
        if (attempts == ATTEMPTS) {
            LOG.warnf(
                    "Pages of runs show nothing new: the run feed gets no connection to the database. %s",
                    e.getMessage());
        } else LOG.debugf("The run feed takes a new connection: %s", e.getMessage());
    }

    void found() {
        if (attempts >= ATTEMPTS) LOG.info("The run feed has a connection again.");
        attempts = 0;
    }

    private void hear(PGNotification said) {
        if (said.getName().equals(QUEUE)) {
            tell(said.getParameter());
            return;
        }
        try {
            Set<Runnable> all = watchers.get(UUID.fromString(said.getParameter()));
            if (all != null) call(all);
        } catch (IllegalArgumentException e) {
            LOG.warnf(
                    "\"%s\" is said on the channel %s, and is the id of no run.", said.getParameter(), said.getName());
        }
    }

    private void tell(String text) {
        for (Consumer<String> worker : workers) {
            try {
                worker.accept(text);
            } catch (RuntimeException e) {
                LOG.warnf(e, "A worker could not follow the signal \"%s\"; it looks again by itself.", text);
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(RECONNECT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }

    private static void call(Set<Runnable> all) {
        for (Runnable watcher : all) {
            try {
                watcher.run();
            } catch (RuntimeException e) {
                LOG.debug("A watcher of a run has failed.", e);
            }
        }
    }
}
