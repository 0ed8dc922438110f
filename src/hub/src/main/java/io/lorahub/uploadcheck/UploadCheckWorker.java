package io.lorahub.uploadcheck;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.lorahub.basemodel.RegistrationReceived;
import io.lorahub.job.JobPolicy;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.lorahub.upload.check.UploadReceived;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Queues uploads and base models to check, and has threads that check them. The first upload of each member precedes the
 * second of any other, so a member with many uploads does not keep all others waiting. A process checks one base model at
 * a time, so that uploads needn't wait until it has been read. A check that was cut off, for example by kill -9, is
 * restarted by another worker.
 */
@ApplicationScoped
public class UploadCheckWorker {

    private static final int LOWEST_PRIORITY = -1_000;

    private final UploadCheckConfig config;
    private final Jobs jobs;
    private Scheduler scheduler;

    UploadCheckWorker(UploadCheckConfig config, Jobs jobs) {
        this.config = config;
        this.jobs = jobs;
    }

    /**
     * Joins the transaction that completes the upload, so an upload that waits for its checks is always in the queue.
     */
    void add(@Observes UploadReceived received) {
        int priority = Math.max(LOWEST_PRIORITY, -received.others());
        jobs.add(JobQueue.CHECKS, UploadCheck.KIND, UploadCheck.job(received.uploadId()), priority);
    }

    /** Joins the transaction that stores the registration. */
    void add(@Observes RegistrationReceived received) {
        jobs.add(JobQueue.CHECKS, RegistrationCheck.KIND, received.id().toString(), LOWEST_PRIORITY);
    }

    void start(@Observes StartupEvent event) {
        if (!config.enabled()) return;
        JobPolicy policy = new JobPolicy(config.threads(), config.poll(), config.heartbeat());
        scheduler = jobs.worker(JobQueue.CHECKS, config.baseModels() ? policy : policy.onlyOf(UploadCheck.KIND));
        scheduler.start();
    }

    void stop(@Observes ShutdownEvent event) {
        if (scheduler != null) scheduler.stop();
    }
}
