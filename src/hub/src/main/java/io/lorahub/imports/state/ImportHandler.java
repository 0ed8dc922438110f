package io.lorahub.imports.state;

import io.lorahub.job.JobHandler;
import io.lorahub.job.JobOutcome;
import io.lorahub.job.JobQueue;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Does imports of one kind, step by step. */
public interface ImportHandler extends JobHandler {

    /** @return the delay before the next step; empty if the import has ended */
    Optional<Duration> next(UUID id);

    @Override
    default Set<JobQueue> queues() {
        return Set.of(JobQueue.IMPORTS);
    }

    @Override
    default JobOutcome run(String id) {
        return next(UUID.fromString(id)).map(JobOutcome::again).orElse(JobOutcome.DONE);
    }
}
