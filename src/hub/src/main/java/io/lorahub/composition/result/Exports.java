package io.lorahub.composition.result;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.TaskResult;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Files of results that are made on request: compressed adapters, full models. */
@ApplicationScoped
public class Exports {

    private final WorkerTasks tasks;
    private final EntityManager database;
    private final DatabaseClock clock;

    Exports(WorkerTasks tasks, EntityManager database, DatabaseClock clock) {
        this.tasks = tasks;
        this.database = database;
        this.clock = clock;
    }

    /**
     * An export.
     *
     * @param rank    rank of the adapter; 0 for a full model
     * @param bytes   size of all files; 0 while they are being made
     * @param error   error introduced by the compression, as a share
     * @param left    time until it is swept
     */
    public record Made(WorkerTask task, int rank, long bytes, double error, Duration left) {

        public boolean isReady() {
            return task.state == WorkerTask.State.ANSWERED;
        }

        public String title() {
            return rank == 0 ? "Full model" : "Rank " + rank;
        }
    }

    /** The exports of a run, newest first. */
    @Transactional
    public List<Made> of(CompositionRun run) {
        List<UUID> ids = database.createNativeQuery(
                        "select id from worker_task where run_id = :run and question ->> 'kind' = 'export'"
                                + " and expires_at > now() order by created_at desc limit 20",
                        UUID.class)
                .setParameter("run", run.id)
                .getResultList();
        return ids.stream().map(id -> made(WorkerTask.<WorkerTask>findById(id))).toList();
    }

    private Made made(WorkerTask task) {
        Optional<TaskResult> answer = tasks.answer(task);
        TaskResult.Export export = answer.filter(TaskResult.Export.class::isInstance)
                .map(TaskResult.Export.class::cast)
                .orElse(null);
        return new Made(
                task,
                task.question(TaskRequest.Export.class).orElseThrow().rank(),
                export == null ? 0 : export.bytes(),
                export == null ? 0 : export.relativeError(),
                Duration.between(clock.now(), task.expiresAt));
    }

    /** Requests an export, unless the same one exists already. The caller must check that the owner may see the run. */
    @Transactional
    public UUID make(RunOwner owner, CompositionRun run, int rank) {
        return of(run).stream()
                .filter(made -> made.rank() == rank && made.task().failure == null)
                .findFirst()
                .map(made -> made.task().id)
                .orElseGet(() -> tasks.ask(owner, new TaskRequest.Export(run.id, rank)));
    }

    /**
     * The task with its files.
     *
     * @throws ProblemException not found, also if it belongs to another run or has expired
     */
    @Transactional
    public WorkerTask ready(CompositionRun run, UUID id) {
        WorkerTask task = WorkerTask.<WorkerTask>findByIdOptional(id)
                .filter(t -> t.run != null && t.run.id.equals(run.id) && t.state == WorkerTask.State.ANSWERED)
                .filter(t -> t.question instanceof TaskRequest.Export)
                .filter(t -> !t.files.isEmpty())
                .orElseThrow(() -> ProblemException.notFound("such file of the run"));
        task.files.size();
        return task;
    }
}
