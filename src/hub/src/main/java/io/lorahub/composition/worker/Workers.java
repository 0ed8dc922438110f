package io.lorahub.composition.worker;

import io.lorahub.audit.Audit;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.composition.queue.WorkerRecord;
import io.lorahub.database.ChangeEvents;
import io.lorahub.job.Jobs;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Set;

/** The workers of the hub, for admins. */
@ApplicationScoped
public class Workers {

    /** Signal to workers: a setting of one of them has changed, such as whether it drains. */
    static final String CHANGED = "workers";

    private static final String ALIVE = "select name from worker where seen_at > now() - make_interval(secs => ?1)";

    private final EntityManager entities;
    private final WorkerConfig config;
    private final ChangeEvents events;
    private final Audit audit;

    Workers(EntityManager entities, WorkerConfig config, ChangeEvents events, Audit audit) {
        this.entities = entities;
        this.config = config;
        this.events = events;
        this.audit = audit;
    }

    /** All workers by name, including recently lost ones. */
    @Transactional
    public List<WorkerView> all() {
        List<WorkerRecord> all = WorkerRecord.list("order by name");
        return views(all);
    }

    /**
     * Starts or ends draining. A draining worker gives its runs back after their current point, and takes no more
     * until draining is ended, even after a restart under the same name.
     */
    @Transactional
    public WorkerView drain(String name, boolean draining) {
        WorkerRecord worker = WorkerRecord.findById(name, LockModeType.PESSIMISTIC_WRITE);
        if (worker == null) throw ProblemException.notFound("worker");
        if (worker.draining != draining) {
            worker.draining = draining;
            events.signal(CHANGED);
            audit.log(draining ? "worker.drain" : "worker.undrain", name, "");
        }
        return views(List.of(worker)).get(0);
    }

    private List<WorkerView> views(List<WorkerRecord> workers) {
        double silence = config.heartbeat().multipliedBy(Jobs.MISSED_HEARTBEATS).toMillis() / 1000.0;
        Set<?> alive = Set.copyOf(entities.createNativeQuery(ALIVE, String.class)
                .setParameter(1, silence)
                .getResultList());
        return workers.stream()
                .map(worker -> alive.contains(worker.name)
                        ? WorkerView.of(worker)
                        : WorkerView.lost(
                                worker,
                                CompositionRun.count("worker = ?1 and state in ('QUEUED', 'RUNNING')", worker.name)))
                .toList();
    }
}
