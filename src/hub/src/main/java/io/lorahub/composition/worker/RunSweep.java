package io.lorahub.composition.worker;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunState;
import io.lorahub.composition.queue.RunQueue;
import io.lorahub.composition.task.OwnerLimits;
import io.lorahub.database.ChangeEvents;
import io.lorahub.storage.DatabaseClock;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Removes expired runs and drafts of visitors, and workers that have long been silent. */
@ApplicationScoped
public class RunSweep {

    static final Duration EVERY = Duration.ofMinutes(5);

    /** How long a silent worker stays on the list, so that admins see that it was lost. */
    static final Duration SILENT = Duration.ofMinutes(15);

    private static final Logger LOG = Logger.getLogger(RunSweep.class);
    private static final int PAGE = 500;

    private final EntityManager entities;
    private final RunQueue queue;
    private final ChangeEvents events;
    private final DatabaseClock clock;

    RunSweep(EntityManager entities, RunQueue queue, ChangeEvents events, DatabaseClock clock) {
        this.entities = entities;
        this.queue = queue;
        this.events = events;
        this.clock = clock;
    }

    void run() {
        sweep(clock.now());
    }

    /**
     * Sweeps expired runs. Running ones are cancelled, and removed by the next sweep.
     *
     * @return number of runs removed
     */
    public int sweep(Instant now) {
        int removed = 0;
        for (UUID id : expired(now)) {
            if (remove(id, now)) removed++;
        }
        int workers = forgetWorkers();
        forgetVisitors(now);
        if (removed + workers > 0) LOG.infof("Swept %d runs of visitors and %d silent workers.", removed, workers);
        return removed;
    }

    private List<UUID> expired(Instant now) {
        return QuarkusTransaction.requiringNew()
                .call(() -> entities.createQuery("select id from CompositionRun where expiresAt < :now", UUID.class)
                        .setParameter("now", now)
                        .setMaxResults(PAGE)
                        .getResultList());
    }

    /** Returns false if the run is still wanted or under way. */
    boolean remove(UUID id, Instant now) {
        return QuarkusTransaction.requiringNew().call(() -> {
            CompositionRun run = CompositionRun.findById(id, LockModeType.PESSIMISTIC_WRITE);
            boolean kept = run == null || run.expiresAt == null || !run.expiresAt.isBefore(now);
            if (kept) return false; // as by a visitor who has signed up since
            events.changed(run.id);
            if (run.state == RunState.RUNNING) {
                run.stopRequest = CompositionRun.StopRequest.CANCEL;
                events.signal(id.toString()); // to the worker that holds it
                return false;
            }
            queue.remove(id);
            run.delete();
            return true;
        });
    }

    /** Deletes their expired drafts, and runs that no limit counts any more. */
    private void forgetVisitors(Instant now) {
        QuarkusTransaction.requiringNew().run(() -> {
            entities.createNativeQuery("delete from composition_draft where expires_at < ?1")
                    .setParameter(1, now)
                    .executeUpdate();
            entities.createNativeQuery("delete from visitor_start where started_at < ?1")
                    .setParameter(1, now.minus(OwnerLimits.DAY))
                    .executeUpdate();
        });
    }

    private int forgetWorkers() {
        return QuarkusTransaction.requiringNew()
                .call(() -> entities.createNativeQuery(
                                "delete from worker where seen_at < now() - make_interval(secs => ?1)")
                        .setParameter(1, (double) SILENT.toSeconds())
                        .executeUpdate());
    }
}
