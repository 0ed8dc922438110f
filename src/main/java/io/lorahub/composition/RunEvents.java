package io.lorahub.composition;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
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
 * Who watches which run in this process. One connection listens to what any process says of any run (PostgreSQL
 * LISTEN); after it was lost, everybody is told to look again, so that nothing is missed.
 */
@ApplicationScoped
public class RunEvents {

    private static final Logger LOG = Logger.getLogger(RunEvents.class);

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

    /** Says that the run has something new, when the caller's transaction commits. */
    void changed(CompositionRun run) {
        changed(run.id);
    }

    /** The same of a run or a trial. */
    void changed(UUID id) {
        entities.createNativeQuery("select cast(pg_notify(?1, ?2) as text)", String.class)
                .setParameter(1, EvaluationChannel.CHANNEL)
                .setParameter(2, id.toString())
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

    /** Calls back with what {@link QueueChannel} says, on the listening thread: the callback must be quick. */
    void pool(Consumer<String> worker) {
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
                    statement.execute("listen " + EvaluationChannel.CHANNEL);
                    statement.execute("listen " + QueueChannel.CHANNEL);
                }
                found();
                watchers.values().forEach(RunEvents::call); // for what was said while nobody listened
                tell(QueueChannel.ANYTHING);
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
        if (said.getName().equals(QueueChannel.CHANNEL)) {
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
