package io.lorahub.browse.search;

import io.lorahub.adapter.AdapterChangedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Keeps {@link ListedAdapters} up to date: reads everything at the start, then once a second the changes of all
 * processes, and immediately those of this process, so that a newly published adapter is on the publisher's next page.
 */
@Singleton
public class ListingWatch {

    private static final Logger LOG = Logger.getLogger(ListingWatch.class);

    private static final Duration EVERY = Duration.ofSeconds(1);

    /** How long change records are kept for the other processes. */
    private static final Duration KEPT = Duration.ofHours(1);

    /** After a longer gap everything is read again, because change records may have been deleted. */
    private static final Duration LONGEST_SILENCE = KEPT.dividedBy(2);

    /** Maximum time that a writer waits for the lists. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private static final int BATCH = 2000;

    private final ListedAdapters adapters;
    private final ListingChanges changes;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "listing-watch"));

    private long mark;
    private Instant refreshed = Instant.EPOCH;
    private Instant readAll = Instant.now();
    private boolean failing;

    ListingWatch(ListedAdapters adapters, ListingChanges changes) {
        this.adapters = adapters;
        this.changes = changes;
    }

    void start(@Observes StartupEvent event) {
        refresh();
        clock.scheduleWithFixedDelay(this::refresh, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        clock.shutdownNow();
    }

    /** Runs on the timer's thread, outside of the transaction that has just ended. */
    void changed(@Observes(during = TransactionPhase.AFTER_SUCCESS) AdapterChangedEvent event) {
        try {
            clock.submit(this::refresh).get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.debug("The lists will show a changed adapter a moment later.", e);
        }
    }

    /** Applies all changes committed so far. If the database is down, the lists stay as they are. */
    synchronized void refresh() {
        try {
            if (refreshed.plus(LONGEST_SILENCE).isBefore(Instant.now())) readAll();
            else readChanges();
            refreshed = Instant.now();
            if (failing) LOG.debug("Listings are up to date again.");
            failing = false;
        } catch (SQLException | RuntimeException e) { // if it were rethrown, this would be the last run
            if (!failing) LOG.warn("Changed adapters cannot be read; lists show what was known before.", e);
            failing = true;
        }
    }

    private void readAll() throws SQLException {
        List<ListedAdapter> all = new ArrayList<>();
        mark = changes.all(all::add);
        adapters.replace(all);
    }

    private void readChanges() throws SQLException {
        ListingChanges.Changes latest = changes.since(mark);
        List<Integer> ids = latest.ids();
        for (int from = 0; from < ids.size(); from += BATCH) {
            Set<Integer> batch = new HashSet<>(ids.subList(from, Math.min(ids.size(), from + BATCH)));
            List<ListedAdapter> listed = changes.listed(batch);
            listed.forEach(adapter -> batch.remove(adapter.id()));
            adapters.update(listed, batch);
        }
        mark = latest.mark();
        if (readAll.plus(LONGEST_SILENCE).isBefore(Instant.now())) {
            changes.forget(KEPT);
            readAll = Instant.now();
        }
    }
}
