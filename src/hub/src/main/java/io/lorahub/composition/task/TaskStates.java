package io.lorahub.composition.task;

import io.lorahub.adapter.AdapterVersion;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.queue.WorkerRecord;
import io.lorahub.database.ChangeEvents;
import io.lorahub.engine.learning.RunTooLargeException;
import io.lorahub.storage.DatabaseClock;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** Changes of a task's state by a worker. */
@ApplicationScoped
public class TaskStates {

    /** Number of workers that can die on a task before it is given up. */
    static final int TRIES = 2;

    private final ChangeEvents events;
    private final DatabaseClock clock;

    TaskStates(ChangeEvents events, DatabaseClock clock) {
        this.events = events;
        this.clock = clock;
    }

    /** Claims a task that is queued, or that a dead worker held; empty if there is nothing to do. */
    @Transactional
    public Optional<TaskClaim> take(UUID id) {
        WorkerTask task = locked(id);
        if (task == null || !task.isOpen()) return Optional.empty();
        task.state = WorkerTask.State.WORKING;
        events.changed(id);
        if (++task.tries > TRIES) {
            fail(
                    task,
                    "The process that computed this ended %d times, perhaps for lack of memory. Try fewer adapters or inputs, or compress the adapter instead of exporting the full model."
                            .formatted(TRIES));
            return Optional.empty();
        }
        Optional<String> refusal =
                Optional.ofNullable(task.run).flatMap(run -> run.refusal(Optional.ofNullable(task.person)));
        if (refusal.isPresent()) {
            fail(task, refusal.get());
            return Optional.empty();
        }
        TaskRequest question = task.question;
        Optional<String> takenDown = question instanceof TaskRequest.Merge merge
                ? CompositionRun.takenDown(versions(merge.versions()), Optional.ofNullable(task.person))
                : Optional.empty();
        if (takenDown.isPresent()) {
            fail(task, "Moderators took down %s. Merge again without it.".formatted(takenDown.get()));
            return Optional.empty();
        }
        return Optional.of(new TaskClaim(
                id, task.tries, question, Optional.ofNullable(task.run).map(TaskClaim.OfRun::of), task(question)));
    }

    private static Optional<TaskClaim.OfTask> task(TaskRequest question) {
        if (question instanceof TaskRequest.Suggest suggest) {
            return Optional.of(task(suggest.baseModel(), versions(suggest.versions())));
        }
        if (question instanceof TaskRequest.Convert convert && convert.version() != null) {
            List<AdapterVersion> versions = versions(List.of(convert.version()));
            return Optional.of(task(versions.isEmpty() ? "" : versions.get(0).adapter.baseModel, versions));
        }
        if (question instanceof TaskRequest.Merge merge) {
            return Optional.of(task(merge.baseModel(), versions(merge.versions())));
        }
        return Optional.empty();
    }

    private static List<AdapterVersion> versions(List<Long> ids) {
        return AdapterVersion.list(
                "from AdapterVersion v join fetch v.adapter a join fetch a.publisher where v.id in ?1", ids);
    }

    private static TaskClaim.OfTask task(String base, List<AdapterVersion> versions) {
        return TaskClaim.OfTask.of(
                base,
                BaseModelRecord.named(base),
                versions.stream()
                        .map(v -> new TaskClaim.Version(
                                v.id,
                                v.adapter.address(),
                                v.label,
                                Map.copyOf(v.files),
                                v.summary().mayReplaceModules()))
                        .toList());
    }

    @Transactional
    public void progressed(TaskClaim claim, int done, int total) {
        change(claim, task -> {
            task.done = done;
            task.total = total;
        });
    }

    /** @param files SHA-256 of the answer's files, by name; they must be published */
    @Transactional
    public void answer(TaskClaim claim, TaskResult answer, Map<String, String> files) {
        change(claim, task -> {
            task.files.putAll(files);
            task.answer = answer;
            task.state = WorkerTask.State.ANSWERED;
        });
    }

    /** Leaves a task to another worker, because this one has too little memory or is stopping. */
    @Transactional
    public void leave(TaskClaim claim) {
        change(claim, task -> {
            task.tries--;
            task.state = WorkerTask.State.ASKED;
        });
    }

    /**
     * Leaves a task that needs more memory than this worker has to another worker; fails it if none has as much.
     *
     * @return whether it failed
     */
    @Transactional
    public boolean tooLarge(TaskClaim claim, RunTooLargeException lack) {
        boolean failed = WorkerRecord.fitNone(lack.needed(), clock.now());
        if (failed) fail(claim, lack.getMessage());
        else leave(claim);
        return failed;
    }

    /** @param why a sentence for the person who asked */
    @Transactional
    public void fail(TaskClaim claim, String why) {
        change(claim, task -> fail(task, why));
    }

    private void fail(WorkerTask task, String why) {
        task.failure = why;
        task.state = WorkerTask.State.FAILED;
    }

    /** Changes a task. Does nothing if it is gone, or another worker has it or has answered it. */
    private void change(TaskClaim claim, Consumer<WorkerTask> change) {
        WorkerTask task = locked(claim.id());
        if (task == null || task.state != WorkerTask.State.WORKING || task.tries != claim.number()) return;
        change.accept(task);
        events.changed(task.id);
    }

    /**
     * Drops expired tasks and the references to their files, which the storage's sweep removes. Returns the number of
     * tasks.
     */
    @Transactional
    public int sweep() {
        return WorkerTask.getEntityManager()
                .createNativeQuery("delete from worker_task where expires_at < now()")
                .executeUpdate();
    }

    private static WorkerTask locked(UUID id) {
        return WorkerTask.findById(id, LockModeType.PESSIMISTIC_WRITE);
    }
}
