package io.lorahub.imports;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.lorahub.basemodel.registration.FolderCopy;
import io.lorahub.imports.source.ImportConfig;
import io.lorahub.imports.state.ImportExecution;
import io.lorahub.job.JobPolicy;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

/**
 * The threads that do imports, of folders too. An import whose process was killed is continued by another one, from the bytes that had
 * arrived.
 */
@ApplicationScoped
class ImportWorker {

    private final ImportConfig config;
    private final Jobs jobs;
    private final Instance<ImportExecution<?>> kinds;
    private Scheduler scheduler;

    ImportWorker(ImportConfig config, Jobs jobs, @Any Instance<ImportExecution<?>> kinds) {
        this.config = config;
        this.jobs = jobs;
        this.kinds = kinds;
    }

    void start(@Observes StartupEvent event) {
        JobPolicy policy = new JobPolicy(config.threads(), config.poll(), config.heartbeat());
        scheduler = jobs.worker(JobQueue.IMPORTS, config.enabled() ? policy : policy.onlyOf(FolderCopy.KIND));
        scheduler.start();
    }

    void stop(@Observes ShutdownEvent event) {
        kinds.forEach(ImportExecution::stop);
        if (scheduler != null) scheduler.stop();
    }
}
