package io.lorahub.imports;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.lorahub.basemodel.FolderCopy;
import io.lorahub.imports.model.BaseModelImportExecution;
import io.lorahub.imports.source.ImportConfig;
import io.lorahub.job.JobPolicy;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * The threads that do imports, of folders too. An import whose process was killed is continued by another one, from the bytes that had
 * arrived.
 */
@ApplicationScoped
class ImportWorker {

    private final ImportConfig config;
    private final Jobs jobs;
    private final ImportExecution execution;
    private final BaseModelImportExecution models;
    private Scheduler scheduler;

    ImportWorker(ImportConfig config, Jobs jobs, ImportExecution execution, BaseModelImportExecution models) {
        this.config = config;
        this.jobs = jobs;
        this.execution = execution;
        this.models = models;
    }

    void start(@Observes StartupEvent event) {
        JobPolicy policy = new JobPolicy(config.threads(), config.poll(), config.heartbeat());
        scheduler = jobs.worker(JobQueue.IMPORTS, config.enabled() ? policy : policy.onlyOf(FolderCopy.KIND));
        scheduler.start();
    }

    void stop(@Observes ShutdownEvent event) {
        execution.stop();
        models.stop();
        if (scheduler != null) scheduler.stop();
    }
}
