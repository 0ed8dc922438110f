package io.lorahub.composition.worker;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.lorahub.composition.model.NoRoomException;
import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.composition.model.WorkerModels;
import io.lorahub.composition.queue.RunClaim;
import io.lorahub.composition.task.ConversionTask;
import io.lorahub.composition.task.EvaluationTask;
import io.lorahub.composition.task.ExportTask;
import io.lorahub.composition.task.MergeTask;
import io.lorahub.composition.task.SuggestionTask;
import io.lorahub.composition.task.TaskClaim;
import io.lorahub.composition.task.TaskConfig;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.TaskResult;
import io.lorahub.composition.task.TaskStates;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.RunTooLargeException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.job.JobHandler;
import io.lorahub.job.JobOutcome;
import io.lorahub.job.JobPolicy;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.lorahub.storage.Blobs;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.io.FileUtils;
import org.jboss.logging.Logger;

/**
 * Claims and processes tasks until the process ends: one question at a time, and one export at a time, alongside the
 * worker's runs.
 */
@ApplicationScoped
public class TaskWorker implements JobHandler {

    private static final Logger LOG = Logger.getLogger(TaskWorker.class);

    private static final Duration SWEEP = Duration.ofMinutes(5);

    /** Delay for a task that is left to another worker. */
    private static final Duration LATER = Duration.ofSeconds(2);

    /** What a task makes, in its temporary folder. */
    private static final String MADE = "made";

    private final WorkerConfig config;
    private final Jobs jobs;
    private final Heartbeat heartbeat;
    private final WorkerTempFolders folders;
    private final WorkerModels models;
    private final TaskStates states;
    private final Blobs blobs;
    private final TaskConfig limits;
    private Scheduler scheduler;
    private Scheduler exports;
    private volatile boolean leaving;

    TaskWorker(
            WorkerConfig config,
            Jobs jobs,
            Heartbeat heartbeat,
            WorkerTempFolders folders,
            WorkerModels models,
            TaskStates states,
            Blobs blobs,
            TaskConfig limits) {
        this.limits = limits;
        this.config = config;
        this.jobs = jobs;
        this.heartbeat = heartbeat;
        this.folders = folders;
        this.models = models;
        this.states = states;
        this.blobs = blobs;
    }

    void start(@Observes StartupEvent event) {
        if (!config.enabled()) return;
        JobPolicy policy = new JobPolicy(1, config.poll(), config.heartbeat()).pausedWhile(heartbeat::isDraining);
        scheduler = jobs.worker(
                JobQueue.TASKS,
                policy.ofProcess("tasks-" + heartbeat.name()),
                Tasks.recurring("task-sweep", FixedDelay.of(SWEEP)).execute((instance, context) -> states.sweep()));
        exports = jobs.worker(JobQueue.EXPORTS, policy.ofProcess("exports-" + heartbeat.name()));
        scheduler.start();
        exports.start();
    }

    void stop(@Observes ShutdownEvent event) {
        if (scheduler == null) return;
        leaving = true;
        scheduler.stop();
        exports.stop();
    }

    @Override
    public Set<JobQueue> queues() {
        return Set.of(JobQueue.TASKS, JobQueue.EXPORTS);
    }

    @Override
    public String kind() {
        return WorkerTasks.KIND;
    }

    @Override
    public String title() {
        return "Tasks";
    }

    @Override
    public JobOutcome run(String id) {
        return work(UUID.fromString(id)) ? JobOutcome.DONE : JobOutcome.retryAfter(LATER);
    }

    /**
     * Answers a task, or stores why it cannot be answered.
     *
     * @return false if it is left to another worker
     */
    private boolean work(UUID id) {
        TaskClaim task = states.take(id).orElse(null);
        if (task == null) return true; // answered or swept while it was queued
        try {
            work(task);
        } catch (RunTooLargeException e) {
            return states.tooLarge(task, e);
        } catch (NoRoomException e) {
            LOG.warnf("Task %s can't be done here: %s", id, e.getMessage());
            states.fail(
                    task, "The worker has %s. Try again once an administrator has made room.".formatted(e.clause()));
        } catch (EngineException e) {
            if (leaving) return abandoned(task); // the worker's folders may be gone already
            states.fail(task, e.getMessage());
        } catch (OutOfMemoryError e) {
            models.clear();
            states.fail(task, "The worker ran out of memory; try it with fewer adapters or inputs.");
        } catch (RuntimeException e) {
            if (leaving) return abandoned(task);
            LOG.errorf(e, "Task %s has failed.", id);
            states.fail(task, "The worker could not answer this; the log of the hub says why (task %s).".formatted(id));
        }
        return true;
    }

    private boolean abandoned(TaskClaim task) {
        states.leave(task);
        return false;
    }

    private void work(TaskClaim task) {
        if (task.question() instanceof TaskRequest.Suggest question) {
            suggest(task, question);
        } else if (task.question() instanceof TaskRequest.Mix question) {
            RunClaim run = task.run().orElseThrow().claim();
            EvaluationTask mix = new EvaluationTask(run, question);
            try (WorkerModels.Lent lent = lend(run);
                    LearningSession session = models.open(
                            lent.model(),
                            mix.candidates(),
                            run.spec.settings().composition(),
                            run.spec.promptChoice())) {
                session.listen(timeLimit());
                states.answer(task, mix.answer(session), Map.of());
            }
        } else if (task.question() instanceof TaskRequest.Export question) {
            export(task, new ExportTask(task.run().orElseThrow(), question));
        } else if (task.question() instanceof TaskRequest.Convert question) {
            convert(task, new ConversionTask(task, question));
        } else if (task.question() instanceof TaskRequest.Merge question) {
            merge(task, new MergeTask(task.task().orElseThrow(), question));
        }
    }

    /** Ends a task that takes too long, so that others get their turn. */
    private LearningSession.ExampleListener timeLimit() {
        Duration longest = limits.longest();
        long end = System.nanoTime() + longest.toNanos();
        return (done, of) -> {
            if (System.nanoTime() - end < 0) return;
            throw new EngineException(
                    "This takes longer than %,d s, the limit of this hub. Try fewer adapters, examples or inputs."
                            .formatted(longest.toSeconds()));
        };
    }

    private WorkerModels.Lent lend(RunClaim run) {
        return models.lend(run.baseName, run.baseBytes, run.base, run.spec.dtype());
    }

    private WorkerModels.Lent lend(TaskClaim.OfTask task) {
        return models.lend(task.baseName(), task.baseBytes(), task.base(), Precision.FLOAT32);
    }

    private void suggest(TaskClaim task, TaskRequest.Suggest question) {
        TaskClaim.OfTask candidates = task.task().orElseThrow();
        try (WorkerModels.Lent lent = lend(candidates)) {
            TaskResult answer = new SuggestionTask(models, lent.model(), candidates, question, timeLimit())
                    .answer((done, total) -> states.progressed(task, done, total));
            states.answer(task, answer, Map.of());
        }
    }

    private void export(TaskClaim task, ExportTask export) {
        RunClaim run = task.run().orElseThrow().claim();
        try (WorkerModels.Lent lent = lend(run);
                LearningSession session = models.open(
                        lent.model(),
                        export.candidates(),
                        run.spec.settings().composition(),
                        run.spec.promptChoice())) {
            make(task, folder -> {
                Path recipe = models.copy(task.run().get().files(), "recipe.json", folder);
                return export.answer(session, recipe, folder.resolve(MADE));
            });
        }
    }

    private void merge(TaskClaim task, MergeTask merge) {
        Map<String, Map<String, String>> candidates = merge.candidates();
        try (WorkerModels.Lent lent = lend(task.task().orElseThrow());
                LearningSession session =
                        models.open(lent.model(), candidates, ComposedWeights.EXACT, PromptChoice.DEFAULT)) {
            make(task, folder -> merge.answer(session, folder.resolve(MADE)));
        }
    }

    private void convert(TaskClaim task, ConversionTask conversion) {
        try (LoraAdapter adapter = models.adapter(conversion.name(), conversion.files())) {
            make(task, folder -> conversion.answer(adapter, models.config(conversion.base()), folder.resolve(MADE)));
        }
    }

    /** Writes files to the folder {@link #MADE} in a temporary folder, and says what they are. */
    private interface Making {
        TaskResult in(Path folder) throws IOException;
    }

    private void make(TaskClaim task, Making making) {
        Path folder = null;
        try {
            folder = folders.folder("task-");
            states.progressed(task, 1, 3);
            TaskResult answer = making.in(folder);
            states.progressed(task, 2, 3);
            blobs.publish(folder.resolve(MADE), hashes -> states.answer(task, answer, hashes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (folder != null) FileUtils.deleteQuietly(folder.toFile());
        }
    }
}
