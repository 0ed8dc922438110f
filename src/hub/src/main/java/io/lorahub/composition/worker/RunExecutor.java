package io.lorahub.composition.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunPredictions;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.model.NoRoomException;
import io.lorahub.composition.model.WorkerModels;
import io.lorahub.composition.queue.LostRunException;
import io.lorahub.composition.queue.RunClaim;
import io.lorahub.composition.queue.RunJournal;
import io.lorahub.composition.queue.RunQueue;
import io.lorahub.composition.queue.RunStates;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.EvaluationRecord;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.ForeignLogException;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.RunListener;
import io.lorahub.engine.learning.RunMemory;
import io.lorahub.engine.learning.RunTooLargeException;
import io.lorahub.engine.learning.control.KnownControls;
import io.lorahub.engine.learning.export.ExportOptions;
import io.lorahub.engine.learning.export.MergeExport;
import io.lorahub.engine.learning.export.Refinement;
import io.lorahub.engine.learning.recipe.Recipe;
import io.lorahub.engine.learning.recipe.WrittenScore;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.job.JobHandler;
import io.lorahub.job.JobOutcome;
import io.lorahub.job.JobQueue;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.StoreUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.apache.commons.io.FileUtils;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Executes a worker's runs: claims each, opens its model and adapters, stores the result, and stops runs on request.
 */
@ApplicationScoped
public class RunExecutor implements JobHandler {

    private static final Logger LOG = Logger.getLogger(RunExecutor.class);

    /** The longest pause before the store is asked again during an outage. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** How often a run that has taken long asks whether others wait. */
    private static final Duration ASK_EVERY = Duration.ofSeconds(1);

    /** Share of a run's time for predictions of the best mix so far. */
    private static final double PREDICTION_SHARE = 0.1;

    /** Seconds of evaluations after which older ones count half in {@link #speed}. */
    private static final double MEMORY = 60;

    private final WorkerTempFolders folders;
    private final RunStates states;
    private final RunQueue queue;
    private final DataSource database;
    private final WorkerModels models;
    private final Blobs blobs;
    private final CompositionConfig limits;
    private final Optional<URI> hub;
    private final Set<Execution> underWay = ConcurrentHashMap.newKeySet();
    private final Map<String, NoRoomException> noRoom = new ConcurrentHashMap<>(); // by base model
    private volatile Runnable changed = () -> {};
    private volatile boolean leaving;
    private volatile boolean draining;
    private double measuredEvaluations;
    private double measuredSeconds;

    RunExecutor(
            WorkerTempFolders folders,
            RunStates states,
            RunQueue queue,
            DataSource database,
            WorkerModels models,
            Blobs blobs,
            CompositionConfig limits,
            @ConfigProperty(name = "lorahub.public-url") Optional<URI> publicUrl) {
        this.folders = folders;
        this.states = states;
        this.queue = queue;
        this.database = database;
        this.models = models;
        this.blobs = blobs;
        this.limits = limits;
        this.hub = publicUrl;
    }

    /** Calls back when {@link #models}, {@link #running} or {@link #noRoomFor} changes. */
    void whenChanged(Runnable callback) {
        changed = callback;
    }

    @Override
    public Set<JobQueue> queues() {
        return Set.of(JobQueue.RUNS);
    }

    @Override
    public String kind() {
        return RunQueue.KIND;
    }

    @Override
    public String title() {
        return "Composition runs";
    }

    /** Leaves it to {@link LostRunRecovery}, because there may be no other worker. */
    @Override
    public boolean lost(String id) {
        return false;
    }

    /** Executes a run as far as possible. */
    @Override
    public JobOutcome run(String id) {
        if (leaving) return JobOutcome.retryAfter(Duration.ZERO);
        UUID queued = UUID.fromString(id);
        Optional<RunClaim> taken = states.take(queued);
        if (taken.isEmpty()) { // paused, cancelled or ended while it was queued
            queue.done(queued);
            return JobOutcome.UNCHANGED;
        }
        RunClaim run = taken.get();
        Execution execution = new Execution(run);
        underWay.add(execution);
        changed.run();
        if (leaving || draining) execution.stop();
        try {
            return execution.work();
        } catch (LostRunException e) {
            return JobOutcome.UNCHANGED; // another worker has it
        } catch (RunTooLargeException e) {
            return states.tooLarge(run, e) ? done(run) : JobOutcome.retryAfter(Duration.ZERO);
        } catch (NoRoomException e) {
            return noRoom(run, e);
        } catch (EngineException e) {
            if (leaving) return abandoned(run); // the worker's folders may be gone already
            if (NoRoomException.isCause(e)) return noRoom(run, NoRoomException.ofResult(folders.place(), e));
            return failed(run, e.getMessage());
        } catch (OutOfMemoryError e) {
            models.clear();
            return failed(
                    run,
                    "The worker ran out of memory. Use fewer candidates, shorter examples or a smaller base model.");
        } catch (RuntimeException e) {
            if (leaving) return abandoned(run);
            if (NoRoomException.isCause(e)) return noRoom(run, NoRoomException.ofResult(folders.place(), e));
            LOG.warnf(e, "The run %s failed unexpectedly.", run.id);
            OptionalInt failures = states.fault(run);
            return failures.isPresent() ? JobOutcome.retryAfter(retryAfter(failures.getAsInt())) : done(run);
        } finally {
            underWay.remove(execution);
            changed.run();
            restore(run);
        }
    }

    private JobOutcome failed(RunClaim run, String why) {
        states.fail(run, why);
        return done(run);
    }

    /** Removes the run from the queue, unless its owner has just resumed it. */
    private JobOutcome done(RunClaim run) {
        queue.done(run.id);
        return JobOutcome.UNCHANGED;
    }

    /** Leaves the run to a worker with room on its disk; this one takes no runs on that base model until it has room. */
    private JobOutcome noRoom(RunClaim run, NoRoomException lack) {
        if (noRoom.put(run.baseName, lack) == null) {
            LOG.warnf("This worker takes no runs on %s: %s", run.baseName, lack.getMessage());
        }
        states.noRoom(run, lack.clause());
        return JobOutcome.retryAfter(Duration.ZERO);
    }

    /** Names of base models whose runs this worker can't take, because its disk has no room for their files. */
    public List<String> noRoomFor() {
        noRoom.forEach((base, lack) -> {
            if (!lack.isOver() || !noRoom.remove(base, lack)) return;
            LOG.infof("This worker has room for runs on %s again.", base);
            changed.run();
        });
        return List.copyOf(noRoom.keySet());
    }

    /** How much room there is on the disk and how much is needed, as a clause; empty if there is enough. */
    Optional<String> shortage() {
        return noRoom.values().stream().findFirst().map(NoRoomException::clause);
    }

    /** Moves the owner's queued runs up. */
    private void restore(RunClaim run) {
        try {
            queue.restoreFor(run);
        } catch (RuntimeException e) {
            LOG.debugf(e, "The order of the queue could not be restored; it will be tried again.");
        }
    }

    private JobOutcome abandoned(RunClaim run) {
        try {
            return left(run);
        } catch (LostRunException e) {
            return JobOutcome.UNCHANGED;
        }
    }

    private JobOutcome left(RunClaim run) {
        return left(run, states.stopped(run));
    }

    private JobOutcome left(RunClaim run, boolean ended) {
        return ended ? done(run) : JobOutcome.retryAfter(Duration.ZERO);
    }

    private synchronized void measure(List<EvaluationRecord> records) {
        for (EvaluationRecord record : records) {
            if (record.seconds() <= 0) continue; // reused from another run
            measuredEvaluations++;
            measuredSeconds += record.seconds();
        }
        if (measuredSeconds > MEMORY) {
            measuredEvaluations /= 2;
            measuredSeconds /= 2;
        }
    }

    /** Recent evaluations per second of one slot; empty before the first. */
    synchronized OptionalDouble speed() {
        return measuredSeconds == 0 ? OptionalDouble.empty() : OptionalDouble.of(measuredEvaluations / measuredSeconds);
    }

    /** Names of the loaded, idle models. */
    List<String> models() {
        return models.names();
    }

    /** Number of runs that this worker is executing. */
    public int running() {
        return underWay.size();
    }

    /** Stops or finishes a run that this worker executes, if its owner requested that or another worker holds it. */
    void stopIfRequestedOrLost(UUID id) {
        for (Execution execution : underWay) {
            if (!execution.run.id.equals(id)) continue;
            if (!states.shouldContinue(execution.run)) execution.stop();
            else if (states.isFinishing(execution.run)) execution.finish();
        }
    }

    /** Gives all runs back, each after its current point, and claims no more until it ends. */
    void drain(boolean isDraining) {
        draining = isDraining;
        if (draining) underWay.forEach(Execution::stop);
    }

    /** Gives all runs back, and claims no more. */
    void leave() {
        leaving = true;
        underWay.forEach(Execution::stop);
    }

    void close() {
        models.close();
    }

    /** A run that this worker has claimed: search, predictions, controls and export. Any thread can stop it. */
    private final class Execution {

        private final RunClaim run;
        private final RunJournal journal;
        private LearningSession session;
        private LearningRun learning;
        private volatile boolean stopped;
        private volatile boolean finishing;
        private volatile boolean timedOut;
        private volatile boolean givesWay;

        Execution(RunClaim run) {
            this.run = run;
            this.finishing = run.finishing;
            this.journal = new RunJournal(database, run.id, run.claim, this::request);
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

        private void request(CompositionRun.StopRequest request) {
            if (request == CompositionRun.StopRequest.FINISH) finish();
            else stop();
        }

        /** Ends the search after the current point; what it has found becomes the result. */
        synchronized void finish() {
            finishing = true;
            if (learning != null) learning.finish();
        }

        private synchronized void begin(LearningSession opened, LearningRun begun) {
            session = opened;
            learning = begun;
            if (finishing) finish();
            if (stopped) stop();
        }

        /** Executes it, once more from the point where another version of LoraHub would have gone on differently. */
        private JobOutcome work() {
            try {
                return attempt();
            } catch (ForeignLogException e) {
                LOG.infof(
                        "The run %s was started by another version of LoraHub; point %d and later ones are repeated.",
                        run.id, e.number());
                journal.cut(e.number());
                return attempt();
            }
        }

        private JobOutcome attempt() {
            Optional<WorkerModels.Lent> lent =
                    waitForStore(() -> models.lend(run.baseName, run.baseBytes, run.base, run.spec.dtype()));
            if (lent.isEmpty()) return left(run);
            try (WorkerModels.Lent base = lent.get()) {
                Optional<LearningSession> opened = waitForStore(() -> models.open(
                        base.model(),
                        run.candidates,
                        run.spec.settings().composition(),
                        run.spec.promptChoice(),
                        run.spec.refineSteps() > 0 ? RunMemory::refining : UnaryOperator.identity()));
                if (opened.isEmpty()) return left(run);
                try (LearningSession open = opened.get()) {
                    return execute(open);
                }
            }
        }

        private JobOutcome execute(LearningSession open) {
            Path folder = null;
            try {
                folder = folders.folder("run-");
                Path merged = folder.resolve("merged");
                Optional<RunResult> result = run(open, merged);
                if (result.isPresent()) {
                    Files.createDirectories(merged);
                    if (waitForStore(() -> store(result.get(), merged)).isPresent()) return done(run);
                }
                return givesWay ? left(run, states.gaveWay(run)) : left(run);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                if (folder != null) FileUtils.deleteQuietly(folder.toFile());
            }
        }

        private RunResult store(RunResult result, Path merged) {
            try {
                blobs.publish(merged, hashes -> states.succeed(run, result, hashes));
                return result;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /**
         * Performs work that needs the object store. While the store is down the run waits, however long, and keeps its
         * results so far, because an outage is not the run's fault.
         *
         * @return empty if the run was stopped while the store was down
         */
        private <T> Optional<T> waitForStore(Supplier<T> work) {
            for (Duration pause = Duration.ofSeconds(1); ; pause = longer(pause)) {
                try {
                    return Optional.of(work.get());
                } catch (StoreUnavailableException e) {
                    LOG.warnf(e, "The run %s waits for the store.", run.id);
                    states.outage(run);
                    if (!pause(pause) || !states.shouldContinue(run)) return Optional.empty();
                }
            }
        }

        private Duration longer(Duration pause) {
            Duration twice = pause.multipliedBy(2);
            return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
        }

        /** Waits; returns false if the run was stopped. */
        private synchronized boolean pause(Duration duration) {
            long end = System.nanoTime() + duration.toNanos();
            try {
                for (long left = duration.toMillis();
                        left > 0 && !stopped;
                        left = (end - System.nanoTime()) / 1_000_000) {
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
         * @return empty if it was stopped before its end
         * @throws EngineException if the model cannot process the examples
         */
        private Optional<RunResult> run(LearningSession open, Path folder) {
            LearningSettings settings = run.spec.settings();
            open.setGroups(settings.layers());
            ExampleSet examples = open.encode(run.spec.examples());
            Optional<ExampleSet> heldOut = Optional.of(run.spec.heldOut())
                    .filter(given -> !given.isEmpty())
                    .map(open::encode);
            LearningRun search = new LearningRun(open, examples, settings);
            search.replay(RunJournal.read(database, run.id));
            run.fork.ifPresent(fork -> search.reuse(
                    RunJournal.read(database, fork.run()).stream()
                            .filter(record -> record.number() <= fork.evaluations())
                            .toList(),
                    fork.l1()));
            search.listen(journal);
            search.listen(predictions(open));
            search.listen((records, best, spent) -> measure(records));
            if (run.ofVisitor) search.listen(timeLimit());
            search.listen(turn());
            if (settings.refineSteps().isPresent()) Refinement.requirePossible(open.adapters());
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
                KnownControls controls =
                        KnownControls.all(open, examples, heldOut, settings, learned, run.spec.maxNewTokens());
                RunResult result = RunResult.of(learned, controls, control -> predict(open, control.weights()));
                if (learned.interrupted() && timedOut) result.timedOut = true;
                if (!Arrays.stream(learned.vector()).allMatch(w -> w == 0)) {
                    write(open, examples, heldOut, learned, folder, result);
                }
                return stopped ? Optional.empty() : Optional.of(result);
            } catch (CancellationException e) {
                return Optional.empty();
            }
        }

        /** Finishes a visitor's search once it has taken as long as it can. */
        private RunListener timeLimit() {
            return new RunListener() {
                private double seconds = run.seconds;

                @Override
                public void evaluated(List<EvaluationRecord> records, EvaluationRecord best, int spent) {
                    seconds += records.stream()
                            .mapToDouble(EvaluationRecord::seconds)
                            .sum();
                    Duration most = limits.visitor().searchTime();
                    if (timedOut || seconds < most.toMillis() / 1000.0) return;
                    timedOut = true;
                    states.outOfTime(run, most);
                    finish();
                }
            };
        }

        /** Gives the run back once it has taken long and runs of others wait. */
        private RunListener turn() {
            return new RunListener() {
                private long next = System.nanoTime() + limits.turn().toNanos();

                @Override
                public void evaluated(List<EvaluationRecord> records, EvaluationRecord best, int spent) {
                    long now = System.nanoTime();
                    if (now < next || spent >= run.spec.budget() || stopped || finishing) return;
                    next = now + ASK_EVERY.toNanos();
                    if (!queue.isAwaited(run.id)) return;
                    givesWay = true;
                    stop();
                }
            };
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
            List<String> inputs =
                    run.spec.examples().stream().map(Example::input).toList();
            return RunPredictions.of(open, inputs, weights, run.spec.maxNewTokens());
        }

        /** Writes the adapter into a folder, and what is to be known of it into the result. */
        private void write(
                LearningSession open,
                ExampleSet examples,
                Optional<ExampleSet> heldOut,
                LearnedMix learned,
                Path folder,
                RunResult result) {
            LearningSettings settings = run.spec.settings();
            boolean refines = settings.refineSteps().isPresent();
            Refinement.Written written = Refinement.writeMix(
                    open,
                    examples,
                    settings,
                    learned,
                    refines ? ExportOptions.compact(false, false) : ExportOptions.LOSSLESS,
                    report -> recipe(open, learned),
                    folder,
                    training(open, examples.size()));
            double[] errors = refines ? MergeExport.errors(folder) : MergeExport.errors(open, learned.vector());
            result.export = RunResult.Export.of(written.report(), errors);
            if (!refines) return;
            KeptModules kept = open.kept(learned.vector());
            int tokens = run.spec.maxNewTokens();
            result.setRefined(
                    settings.objective(),
                    written.training().orElseThrow(),
                    WrittenScore.of(open, folder, kept, examples, heldOut, settings, tokens));
        }

        /** Notes each quarter of the training that may follow the search. */
        private Refinement.Progress training(LearningSession open, int examples) {
            int most = Refinement.of(run.spec.settings())
                    .map(refinement -> refinement.mostSteps(examples))
                    .orElse(0);
            if (most > 0) states.refining(run, 0, most);
            return (step, loss) -> {
                open.requireNotCancelled();
                if (4 * step / most > 4 * (step - 1) / most && step < most) states.refining(run, step, most);
            };
        }

        /** The engine's recipe, with addresses of the base model and adapters instead of paths on the worker. */
        private ObjectNode recipe(LearningSession open, LearnedMix learned) {
            ObjectNode recipe = Recipe.of(open, run.spec.examples(), run.spec.settings(), learned);
            hub.ifPresent(address -> recipe.put("hub", address.toString()));
            recipe.put("run", run.id.toString());
            ((ObjectNode) recipe.get("base")).put("name", run.baseName).remove("path");
            for (JsonNode adapter : recipe.get("adapters")) {
                String name = adapter.path("name").asText();
                ((ObjectNode) adapter)
                        .put("address", name + "@" + run.versions.get(name))
                        .remove("path");
            }
            return recipe;
        }
    }
}
