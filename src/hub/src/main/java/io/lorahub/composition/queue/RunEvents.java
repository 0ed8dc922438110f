package io.lorahub.composition.queue;

import io.lorahub.composition.CompositionRun;
import io.lorahub.database.ChangeEvents;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.Consumer;

/** The {@link ChangeEvents} of runs and tasks: who watches them hears of changes, and workers of what can't wait. */
@ApplicationScoped
public class RunEvents {

    /** A run can be claimed. */
    public static final String DUE = "due";

    /** A setting of a worker has changed, such as whether it drains. */
    public static final String WORKERS = "workers";

    /** After a lost connection: notifications may have been missed. */
    public static final String ANYTHING = ChangeEvents.ANYTHING;

    private final ChangeEvents events;

    RunEvents(ChangeEvents events) {
        this.events = events;
    }

    /** Notifies the watchers of a run. */
    public void changed(CompositionRun run) {
        changed(run.id);
    }

    /** Notifies the watchers of a run or task. */
    public void changed(UUID id) {
        events.changed(id);
    }

    /** Notifies the watchers of a run, in the transaction of a connection. */
    public static void changed(Connection connection, UUID run) throws SQLException {
        ChangeEvents.changed(connection, run);
    }

    /** Notifies workers that a run can be claimed. */
    void due() {
        events.signal(DUE);
    }

    /** Notifies workers that a setting of one of them has changed. */
    public void workers() {
        events.signal(WORKERS);
    }

    /** Notifies workers that the owner wants to pause or cancel a run that one of them holds. */
    public void stopRequested(UUID run) {
        events.signal(run.toString());
    }

    /**
     * Calls back whenever a run or task may have changed, on the listening thread, so the callback must be quick.
     *
     * @return closing it ends the watch
     */
    public AutoCloseable watch(UUID run, Runnable callback) {
        return events.watch(run, callback);
    }

    public static void end(AutoCloseable watch) {
        ChangeEvents.end(watch);
    }

    /** Calls back with the notifications for workers, on the listening thread, so the callback must be quick. */
    public void follow(Consumer<String> worker) {
        events.follow(worker);
    }
}
