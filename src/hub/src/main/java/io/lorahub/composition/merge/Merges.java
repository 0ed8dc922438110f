package io.lorahub.composition.merge;

import io.lorahub.adapter.AdapterVersion;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Uuids;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Merges of adapters. */
@ApplicationScoped
public class Merges {

    private static final String WEIGHTS = "adapter_model.safetensors";

    private final MergeValidator check;
    private final WorkerTasks tasks;

    Merges(MergeValidator check, WorkerTasks tasks) {
        this.check = check;
        this.tasks = tasks;
    }

    /**
     * Queues a merge.
     *
     * @param faults what is wrong with the request already
     * @throws ProblemException if the request is invalid, or a limit is reached
     */
    @Transactional
    UUID start(RunOwner owner, MergeRequest request, List<FieldError> faults) {
        List<FieldError> causes = new ArrayList<>(faults);
        Optional<TaskRequest.Merge> question = check.check(request, causes);
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        return tasks.ask(owner, question.orElseThrow());
    }

    /** @throws ProblemException not found, also if someone else asked for it */
    @Transactional
    public MergeView of(Optional<RunOwner> owner, String id) {
        WorkerTask task = task(owner, id);
        return new MergeView(task, task.question(TaskRequest.Merge.class).orElseThrow(), tasks.answer(task));
    }

    /** The task of a merge that is done, with its files. */
    @Transactional
    public WorkerTask ready(Optional<RunOwner> owner, String id) {
        WorkerTask task = task(owner, id);
        if (task.state != WorkerTask.State.ANSWERED) {
            throw ProblemException.conflict("The merged adapter isn't there yet, or couldn't be made.");
        }
        task.files.size();
        return task;
    }

    /** The version that the member has published from a merge. */
    Optional<AdapterVersion> published(Optional<RunOwner> owner, String id) {
        WorkerTask task = task(owner, id);
        return owner.flatMap(RunOwner::person)
                .filter(member -> task.files.containsKey(WEIGHTS))
                .flatMap(member -> AdapterVersion.publishedBy(member, task.files.get(WEIGHTS)));
    }

    private WorkerTask task(Optional<RunOwner> owner, String id) {
        return Uuids.parse(id)
                .flatMap(uuid -> WorkerTask.<WorkerTask>findByIdOptional(uuid))
                .filter(task -> owner.filter(task::isOf).isPresent())
                .filter(task -> task.question instanceof TaskRequest.Merge)
                .orElseThrow(() -> ProblemException.notFound("merge"));
    }
}
