package io.lorahub.composition;

import io.lorahub.audit.Audit;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;

/** The workers of the hub, as admins see and direct them. */
@ApplicationScoped
public class Workers {

    private final WorkerConfig config;
    private final PoolSignal pool;
    private final Audit audit;

    Workers(WorkerConfig config, PoolSignal pool, Audit audit) {
        this.config = config;
        this.pool = pool;
        this.audit = audit;
    }

    /** By name; also those that were lost a short time ago. */
    @Transactional
    public List<WorkerView> all() {
        return WorkerEntry.<WorkerEntry>list("order by name").stream()
                .map(this::view)
                .toList();
    }

    /**
     * A worker that drains gives its runs back after the evaluation under way, and takes no more, also after a restart
     * under the same name, until it is told to again.
     */
    @Transactional
    public WorkerView drain(String name, boolean draining) {
        WorkerEntry worker = WorkerEntry.findById(name, LockModeType.PESSIMISTIC_WRITE);
        if (worker == null) throw ProblemException.notFound("worker");
        if (worker.draining != draining) {
            worker.draining = draining;
            pool.workers();
            audit.log(draining ? "worker.drain" : "worker.undrain", name, "");
        }
        return view(worker);
    }

    private WorkerView view(WorkerEntry worker) {
        Instant silent = Instant.now().minus(config.beat().multipliedBy(Worker.MISSED));
        return WorkerView.of(worker, worker.seenAt.isAfter(silent));
    }
}
