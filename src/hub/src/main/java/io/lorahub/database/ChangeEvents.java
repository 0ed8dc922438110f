package io.lorahub.database;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
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
 * Notifications between processes (PostgreSQL NOTIFY), sent when a transaction commits: to watchers of the rows that it
 * has changed, and signals to workers about changes that cannot wait for their next poll. Each process listens on one
 * connection. After a lost connection all listeners check again, so nothing depends on a notification arriving.
 */
@ApplicationScoped
public class ChangeEvents {

    /** Signal after a lost connection: notifications may have been missed. */
    public static final String ANYTHING = "";

    private static final Logger LOG = Logger.getLogger(ChangeEvents.class);

    /** Ids of changed rows; the trigger of V62 sends them, too. */
    private static final String CHANGED = "changed";

    private static final String SIGNAL = "signal";

    /** How often the listener checks whether the process stops, in ms. */
    private static final int QUIET = 500;

    private static final int RECONNECT = 500;

    /** Number of failed connection attempts from which on it counts as an outage of the database. */
    private static final int ATTEMPTS = 4;

    private final EntityManager entities;
    private final DataSource database;
    private final Map<UUID, Set<Runnable>> watchers = new ConcurrentHashMap<>();
    private final Set<Consumer<String>> workers = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;
    private int attempts;
    private Thread thread;

    ChangeEvents(EntityManager entities, DataSource database) {
        this.entities = entities;
        this.database = database;
    }

    /** Notifies the watchers of a row. */
    public void changed(UUID id) {
        send(CHANGED, id.toString());
    }

    /** Notifies the watchers of a row, in the transaction of a connection. */
    public static void changed(Connection connection, UUID id) throws SQLException {
        changed(connection, new UUID[] {id});
    }

    /** Notifies the watchers of rows, in the transaction of a connection. */
    public static void changed(Connection connection, UUID[] ids) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select pg_notify(?, id::text) from unnest(?) as id")) {
            statement.setString(1, CHANGED);
            statement.setArray(2, connection.createArrayOf("uuid", ids));
            statement.execute();
        }
    }

    /** Sends a signal to all who follow. */
    public void signal(String text) {
        send(SIGNAL, text);
    }

    private void send(String channel, String text) {
        entities.createNativeQuery("select cast(pg_notify(?1, ?2) as text)", String.class)
                .setParameter(1, channel)
                .setParameter(2, text)
                .getSingleResult();
    }

    /**
     * Calls back whenever a row may have changed, on the listening thread, so the callback must be quick.
     *
     * @return closing it ends the watch
     */
    public AutoCloseable watch(UUID row, Runnable callback) {
        watchers.compute(row, (id, known) -> {
            Set<Runnable> all = known == null ? ConcurrentHashMap.newKeySet() : known;
            all.add(callback);
            return all;
        });
        return () -> watchers.computeIfPresent(row, (id, all) -> {
            all.remove(callback);
            return all.isEmpty() ? null : all;
        });
    }

    public static void end(AutoCloseable watch) {
        try {
            watch.close();
        } catch (Exception e) {
            throw new IllegalStateException("ending a watch only takes it off a list", e);
        }
    }

    /** Calls back with all signals, on the listening thread, so the callback must be quick. */
    public void follow(Consumer<String> worker) {
        workers.add(worker);
    }

    void start(@Observes StartupEvent event) {
        thread = new Thread(this::listen, "change-events");
        thread.setDaemon(true);
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) {
        stopped = true;
        if (thread == null) return;
        try {
            thread.join(4 * QUIET); // so that its connection is returned before all are closed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void listen() {
        while (!stopped) {
            try (Connection connection = database.getConnection()) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("listen " + CHANGED);
                    statement.execute("listen " + SIGNAL);
                }
                reconnected();
                watchers.values().forEach(ChangeEvents::call); // some notifications may have been missed
                notifyWorkers(ANYTHING);
                PGConnection postgres = connection.unwrap(PGConnection.class);
                while (!stopped) {
                    PGNotification[] said = postgres.getNotifications(QUIET);
                    if (said == null) continue;
                    for (PGNotification one : said) dispatch(one);
                }
            } catch (SQLException e) {
                if (!stopped) disconnected(e);
                pause();
            } catch (RuntimeException
                    | Error e) { // such as another thread's lack of memory; nobody would start this one again
                if (!stopped) LOG.warn("Listening for changes failed and starts again.", e);
                pause();
            }
        }
    }

    /** Losing a connection now and then is normal; all listeners check again afterwards. */
    void disconnected(SQLException e) {
        attempts++;
        if (attempts >= ATTEMPTS) DatabaseOutage.HERE.confirm();
        if (attempts == ATTEMPTS) LOG.warnf("The database does not answer: %s", e.getMessage());
        else LOG.debugf("The listener for changes is reconnecting: %s", e.getMessage());
    }

    void reconnected() {
        Duration outage = DatabaseOutage.HERE.end().orElse(Duration.ZERO);
        if (attempts >= ATTEMPTS) LOG.infof("The database answers again, after %d seconds.", outage.toSeconds());
        attempts = 0;
    }

    private void dispatch(PGNotification said) {
        if (said.getName().equals(SIGNAL)) {
            notifyWorkers(said.getParameter());
            return;
        }
        try {
            Set<Runnable> all = watchers.get(UUID.fromString(said.getParameter()));
            if (all != null) call(all);
        } catch (IllegalArgumentException e) {
            LOG.warnf("\"%s\" was received on the channel %s, but isn't an id.", said.getParameter(), said.getName());
        }
    }

    private void notifyWorkers(String text) {
        for (Consumer<String> worker : workers) {
            try {
                worker.accept(text);
            } catch (RuntimeException e) {
                LOG.warnf(e, "A worker could not handle the signal \"%s\"; it will poll the database.", text);
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
                LOG.debug("A watcher of a change has failed.", e);
            }
        }
    }
}
