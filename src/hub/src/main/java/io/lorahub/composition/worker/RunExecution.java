package io.lorahub.composition.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.composition.RunPredictions;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.queue.RunClaim;
import io.lorahub.composition.queue.RunJournal;
import io.lorahub.composition.queue.RunStates;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.EvaluationRecord;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.RunListener;
import io.lorahub.engine.learning.control.KnownControls;
import io.lorahub.engine.learning.export.ExportOptions;
import io.lorahub.engine.learning.export.ExportReport;
import io.lorahub.engine.learning.export.MergeExport;
import io.lorahub.engine.learning.recipe.Recipe;
import io.lorahub.storage.object.StoreUnavailableException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/** A run that a worker has claimed: search, predictions, controls and export. Any thread can stop it. */
final class RunExecution {

    private static final Logger LOG = Logger.getLogger(RunExecution.class);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** Share of the run's time for predictions of the best mix so far. */
    private static final double PREDICTION_SHARE = 0.1;

    private final RunClaim run;
    private final RunStates states;
    private final DataSource database;
    private final Optional<URI> hub;
    private final RunJournal journal;
    private LearningSession session;
    private LearningRun learning;
    private volatile boolean stopped;

    /** @param hub public address of the hub, for the recipe */
    RunExecution(RunClaim run, RunStates states, DataSource database, Optional<URI> hub) {
        this.run = run;
        this.states = states;
        this.database = database;
        this.hub = hub;
        this.journal = new RunJournal(database, run.id(), run.claim(), request -> stop());
    }

    RunClaim run() {
        return run;
    }

    RunJournal journal() {
        return journal;
    }

    /** Ends it after the current point or batch of predictions. */
    synchronized void stop() {
        stopped = true;
        if (learning != null) {
            learning.stop();
            session.cancel();
        }
        notifyAll();
    }

    private synchronized void begin(LearningSession opened, LearningRun begun) {
        session = opened;
        learning = begun;
        if (stopped) stop();
    }

    /**
     * Performs work that needs the object store. While the store is down the run waits, however long, and keeps its
     * results so far, because an outage is not the run's fault.
     *
     * @return empty if the run was stopped while the store was down
     */
    <T> Optional<T> waitForStore(Supplier<T> work) {
        for (Duration pause = Duration.ofSeconds(1); ; pause = longer(pause)) {
            try {
                return Optional.of(work.get());
            } catch (StoreUnavailableException e) {
                LOG.warnf("The run %s waits for the store: %s", run.id(), e.getMessage());
                states.outage(run);
                if (!pause(pause) || !states.shouldContinue(run)) return Optional.empty();
            }
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    /** Waits; returns false if the run was stopped. */
    private synchronized boolean pause(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        try {
            for (long left = duration.toMillis(); left > 0 && !stopped; left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
        return !stopped;
    }

    /**
     * Searches and evaluates the controls; writes the merged adapter into a folder.
     *
     * @param speed receives each evaluation
     * @return empty if it was stopped before its end
     * @throws EngineException if the model cannot process the examples
     */
    Optional<RunResult> run(LearningSession open, RunListener speed, Path folder) {
        LearningSettings settings = run.spec().settings();
        open.setGroups(settings.layers());
        ExampleSet examples = open.encode(run.spec().examples());
        Optional<ExampleSet> heldOut = Optional.of(run.spec().heldOut())
                .filter(given -> !given.isEmpty())
                .map(open::encode);
        LearningRun search = new LearningRun(open, examples, settings);
        search.replay(RunJournal.read(database, run.id()));
        run.fork()
                .ifPresent(fork -> search.reuse(
                        RunJournal.read(database, fork.run()).stream()
                                .filter(record -> record.number() <= fork.evaluations())
                                .toList(),
                        fork.l1()));
        search.listen(journal);
        search.listen(predictions(open));
        search.listen(speed);
        begin(open, search);
        LearnedMix learned;
        try {
            learned = search.run();
        } catch (CancellationException e) {
            return Optional.empty();
        } catch (EngineException e) {
            if (stopped) return Optional.empty(); // before its first evaluation
            throw e;
        }
        if (stopped) return Optional.empty();
        try {
            states.searched(run, predict(open, learned.vector()));
            KnownControls controls = KnownControls.all(
                    open, examples, heldOut, settings, learned, run.spec().maxNewTokens());
            Optional<RunResult.Export> export = Arrays.stream(learned.vector()).allMatch(w -> w == 0)
                    ? Optional.empty()
                    : Optional.of(write(open, learned, folder));
            return stopped
                    ? Optional.empty()
                    : Optional.of(RunResult.of(learned, controls, export, control -> predict(open, control.weights())));
        } catch (CancellationException e) {
            return Optional.empty();
        }
    }

    /** Predicts the few-shot examples with the best mix so far, for watchers. */
    private RunListener predictions(LearningSession open) {
        long started = System.nanoTime();
        return new RunListener() {
            private long taken;
            private EvaluationRecord shown;

            @Override
            public void evaluated(List<EvaluationRecord> records, EvaluationRecord best, int spent) {
                long now = System.nanoTime();
                if (best == shown || taken > PREDICTION_SHARE * (now - started)) return;
                shown = best;
                states.predicted(run, predict(open, best.weights()));
                taken += System.nanoTime() - now;
            }
        };
    }

    private List<String> predict(LearningSession open, double[] weights) {
        List<String> inputs = run.spec().examples().stream().map(Example::input).toList();
        return RunPredictions.of(open, inputs, weights, run.spec().maxNewTokens());
    }

    private RunResult.Export write(LearningSession open, LearnedMix learned, Path folder) {
        ExportReport report = MergeExport.write(
                open,
                learned.vector(),
                run.spec().examples(),
                ExportOptions.LOSSLESS,
                written -> recipe(open, learned),
                folder);
        return RunResult.Export.of(report, MergeExport.errors(open, learned.vector()));
    }

    /** The engine's recipe, with addresses of the base model and adapters instead of paths on the worker. */
    private ObjectNode recipe(LearningSession open, LearnedMix learned) {
        ObjectNode recipe = Recipe.of(open, run.spec().examples(), run.spec().settings(), learned);
        hub.ifPresent(address -> recipe.put("hub", address.toString()));
        recipe.put("run", run.id().toString());
        ((ObjectNode) recipe.get("base")).put("name", run.baseName()).remove("path");
        for (JsonNode adapter : recipe.get("adapters")) {
            String name = adapter.path("name").asText();
            ((ObjectNode) adapter)
                    .put("address", name + "@" + run.versions().get(name))
                    .remove("path");
        }
        return recipe;
    }
}
