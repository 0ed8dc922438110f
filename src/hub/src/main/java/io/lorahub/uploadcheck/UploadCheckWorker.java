package io.lorahub.uploadcheck;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.lorahub.job.JobPolicy;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.lorahub.upload.check.UploadChecks;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** The threads that check uploads. A check that was cut off, for example by kill -9, is restarted by another process. */
@ApplicationScoped
public class UploadCheckWorker {

    private final UploadCheckConfig config;
    private final Jobs jobs;
    private Scheduler scheduler;

    UploadCheckWorker(UploadCheckConfig config, Jobs jobs) {
        this.config = config;
        this.jobs = jobs;
    }

    void start(@Observes StartupEvent event) {
        if (!config.enabled()) return;
        JobPolicy policy = new JobPolicy(config.threads(), config.poll(), config.heartbeat());
        scheduler = jobs.worker(JobQueue.CHECKS, config.baseModels() ? policy : policy.onlyOf(UploadChecks.JOB));
        scheduler.start();
    }

    void stop(@Observes ShutdownEvent event) {
        if (scheduler != null) scheduler.stop();
    }
}
