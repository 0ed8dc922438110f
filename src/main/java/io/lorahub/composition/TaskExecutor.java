package io.lorahub.composition;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.ObjectStore;
import io.lorahub.storage.StagedFolder;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.apache.commons.io.FileUtils;
import org.jboss.logging.Logger;

/** Where a worker answers trials. */
@ApplicationScoped
public class TaskExecutor {

    private static final Logger LOG = Logger.getLogger(TaskExecutor.class);

    private final WorkerTempFolders scratch;
    private final WorkerModels models;
    private final TaskStates states;
    private final ObjectStore store;
    private final Blobs blobs;

    TaskExecutor(WorkerTempFolders scratch, WorkerModels models, TaskStates states, ObjectStore store, Blobs blobs) {
        this.scratch = scratch;
        this.models = models;
        this.states = states;
        this.store = store;
        this.blobs = blobs;
    }

    /** Answers a trial, or says why it cannot be. */
    void work(UUID id) {
        TaskClaim trial = states.take(id).orElse(null);
        if (trial == null) return; // answered or swept while it waited
        try {
            work(trial);
        } catch (EngineException e) {
            states.fail(id, e.getMessage());
        } catch (OutOfMemoryError e) {
            models.clear();
            states.fail(id, "The worker ran out of memory; try it with fewer adapters or inputs.");
        } catch (RuntimeException e) {
            LOG.errorf(e, "Trial %s has failed.", id);
            states.fail(id, "The worker could not answer this; the log of the hub says why (trial %s).".formatted(id));
        }
    }

    private void work(TaskClaim trial) {
        if (trial.question() instanceof TaskRequest.Suggest question) {
            suggest(trial, question);
        } else if (trial.question() instanceof TaskRequest.Mix question) {
            RunClaim run = trial.run().orElseThrow().claim();
            EvaluationTask mix = new EvaluationTask(run, question);
            ModelPool.Lent lent = lend(run);
            try (LearningSession session = models.open(
                    lent.model(), mix.candidates(), run.spec().settings().composition())) {
                states.answer(trial.id(), mix.answer(session), Map.of());
            } finally {
                models.giveBack(lent);
            }
        } else if (trial.question() instanceof TaskRequest.Export question) {
            export(trial, new ExportTask(trial.run().orElseThrow(), question));
        }
    }

    private ModelPool.Lent lend(RunClaim run) {
        return models.lend(
                run.baseName(), run.baseBytes(), run.base(), run.spec().dtype());
    }

    private void suggest(TaskClaim trial, TaskRequest.Suggest question) {
        TaskClaim.OfTask task = trial.suggest().orElseThrow();
        ModelPool.Lent lent = models.lend(task.baseName(), task.baseBytes(), task.base(), "float32");
        try {
            TaskResult answer = new SuggestionTask(models, lent.model(), task, question)
                    .answer((done, total) -> states.progressed(trial.id(), done, total));
            states.answer(trial.id(), answer, Map.of());
        } finally {
            models.giveBack(lent);
        }
    }

    private void export(TaskClaim trial, ExportTask export) {
        RunClaim run = trial.run().orElseThrow().claim();
        ModelPool.Lent lent = lend(run);
        Path folder = null;
        try (LearningSession session = models.open(
                lent.model(), export.candidates(), run.spec().settings().composition())) {
            folder = scratch.folder("trial-");
            states.progressed(trial.id(), 1, 3);
            Path recipe = models.copy(trial.run().get().files(), "recipe.json", folder);
            Path made = folder.resolve("made");
            TaskResult answer = export.answer(session, recipe, made);
            states.progressed(trial.id(), 2, 3);
            StagedFolder files = StagedFolder.of(store, made, name -> true);
            try (HeldBlobs held = files.publish(blobs)) {
                states.answer(trial.id(), answer, files.hashes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (folder != null) FileUtils.deleteQuietly(folder.toFile());
            models.giveBack(lent);
        }
    }
}
