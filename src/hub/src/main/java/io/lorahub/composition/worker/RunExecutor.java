package io.lorahub.composition.worker;

import io.lorahub.composition.RunResult;
import io.lorahub.composition.model.ModelPool;
import io.lorahub.composition.model.NoRoomException;
import io.lorahub.composition.model.WorkerModels;
import io.lorahub.composition.queue.LostRunException;
import io.lorahub.composition.queue.QueueMemory;
import io.lorahub.composition.queue.QueueOrder;
import io.lorahub.composition.queue.RunClaim;
import io.lorahub.composition.queue.RunStates;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.EvaluationRecord;
import io.lorahub.engine.learning.ForeignLogException;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.RunTooLargeException;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.StagedFolder;
import io.lorahub.storage.object.ObjectStore;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.apache.commons.io.FileUtils;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Executes a worker's runs: claims each, opens its model and adapters, stores the result, and stops runs on request.
 */
@ApplicationScoped
public class RunExecutor {

    /** What happens to a run in the queue after a worker has processed it. */
    record Outcome(What what, Duration delay) {

        enum What {
            /** Removed from the queue. */
            DONE,
            /** Kept for this or another worker. */
            AGAIN,
            /** Held by another worker, so left alone. */
            LOST
        }

        static final Outcome DONE = new Outcome(What.DONE, Duration.ZERO);
        static final Outcome AGAIN = new Outcome(What.AGAIN, Duration.ZERO);
        static final Outcome LOST = new Outcome(What.LOST, Duration.ZERO);

        static Outcome after(Duration delay) {
            return new Outcome(What.AGAIN, delay);
        }
    }

    private static final Logger LOG = Logger.getLogger(RunExecutor.class);

    /** Seconds of evaluations after which older ones count half in {@link #speed}. */
    private static final double MEMORY = 60;

    private final WorkerTempFolders folders;
    private final RunStates states;
    private final QueueOrder order;
    private final QueueMemory memory;
    private final DataSource database;
    private final WorkerModels models;
    private final ObjectStore store;
    private final Blobs blobs;
    private final Optional<URI> hub;
    private final Set<RunExecution> underWay = ConcurrentHashMap.newKeySet();
    private final Map<String, NoRoomException> noRoom = new ConcurrentHashMap<>(); // by base model
    private volatile Runnable changed = () -> {};
    private volatile boolean leaving;
    private double measuredEvaluations;
    private double measuredSeconds;

    RunExecutor(
            WorkerTempFolders folders,
            RunStates states,
            QueueOrder order,
            QueueMemory memory,
            DataSource database,
            WorkerModels models,
            ObjectStore store,
            Blobs blobs,
            @ConfigProperty(name = "lorahub.public-url") Optional<URI> publicUrl) {
        this.folders = folders;
        this.states = states;
        this.order = order;
        this.memory = memory;
        this.database = database;
        this.models = models;
        this.store = store;
        this.blobs = blobs;
        this.hub = publicUrl;
    }

    /** Calls back when {@link #models}, {@link #running} or {@link #noRoomFor} changes. */
    void whenChanged(Runnable callback) {
        changed = callback;
    }

    /** Executes a run as far as possible. */
    Outcome work(UUID id) {
        if (leaving) return Outcome.AGAIN;
        Optional<RunClaim> taken = states.take(id);
        if (taken.isEmpty()) return Outcome.DONE; // paused, cancelled or ended while it was queued
        RunClaim run = taken.get();
        RunExecution execution = new RunExecution(run, states, database, hub);
        underWay.add(execution);
        changed.run();
        if (leaving) execution.stop();
        try {
            return work(execution);
        } catch (LostRunException e) {
            return Outcome.LOST;
        } catch (RunTooLargeException e) {
            if (memory.fitsNobody(e.needed())) {
                states.fail(run, e.getMessage());
                return Outcome.DONE;
            }
            states.tooLarge(run, e.needed());
            return Outcome.AGAIN;
        } catch (NoRoomException e) {
            return noRoom(run, e);
        } catch (EngineException e) {
            if (leaving) return abandoned(run); // the worker's folders may be gone already
            if (NoRoomException.isCause(e)) return noRoom(run, NoRoomException.ofResult(folders.place(), e));
            states.fail(run, e.getMessage());
            return Outcome.DONE;
        } catch (OutOfMemoryError e) {
            models.clear();
            states.fail(run, "The worker ran out of memory. Use fewer candidates or a smaller base model.");
            return Outcome.DONE;
        } catch (RuntimeException e) {
            if (leaving) return abandoned(run);
            if (NoRoomException.isCause(e)) return noRoom(run, NoRoomException.ofResult(folders.place(), e));
            LOG.warnf(e, "The run %s failed unexpectedly.", run.id());
            return states.fault(run).map(Outcome::after).orElse(Outcome.DONE);
        } finally {
            underWay.remove(execution);
            changed.run();
            restore(run);
        }
    }

    /** Leaves the run to a worker with room on its disk; this one takes no runs on that base model until it has room. */
    private Outcome noRoom(RunClaim run, NoRoomException lack) {
        if (noRoom.put(run.baseName(), lack) == null) {
            LOG.warnf("This worker takes no runs on %s: %s", run.baseName(), lack.getMessage());
        }
        states.noRoom(run, lack.clause());
        return Outcome.AGAIN;
    }

    /** Names of base models whose runs this worker can't take, because its disk has no room for their files. */
    List<String> noRoomFor() {
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
            order.restoreFor(run);
        } catch (RuntimeException e) {
            LOG.debugf(e, "The order of the queue could not be restored; it will be tried again.");
        }
    }

    private Outcome work(RunExecution execution) {
        try {
            return attempt(execution);
        } catch (ForeignLogException e) {
            LOG.infof(
                    "The run %s was started by another version of LoraHub; point %d and later ones are repeated.",
                    execution.run().id(), e.number());
            execution.journal().cut(e.number());
            return attempt(execution);
        }
    }

    private Outcome attempt(RunExecution execution) {
        RunClaim run = execution.run();
        Optional<ModelPool.Lent> lent = execution.waitForStore(() -> models.lend(
                run.baseName(), run.baseBytes(), run.base(), run.spec().dtype()));
        if (lent.isEmpty()) return left(run);
        try {
            Optional<LearningSession> session = execution.waitForStore(() -> models.open(
                    lent.get().model(),
                    run.candidates(),
                    run.spec().settings().composition(),
                    run.spec().promptChoice()));
            if (session.isEmpty()) return left(run);
            try (LearningSession open = session.get()) {
                return execute(execution, open);
            }
        } finally {
            models.giveBack(lent.get());
        }
    }

    private Outcome abandoned(RunClaim run) {
        try {
            return left(run);
        } catch (LostRunException e) {
            return Outcome.LOST;
        }
    }

    private Outcome left(RunClaim run) {
        return states.stopped(run) ? Outcome.DONE : Outcome.AGAIN;
    }

    private Outcome execute(RunExecution execution, LearningSession session) {
        Path folder = null;
        try {
            folder = folders.folder("run-");
            Path merged = folder.resolve("merged");
            Optional<RunResult> result = execution.run(session, (records, best, spent) -> measure(records), merged);
            if (result.isPresent()) {
                Files.createDirectories(merged);
                if (execution
                        .waitForStore(() -> store(execution.run(), result.get(), merged))
                        .isPresent()) return Outcome.DONE;
            }
            return left(execution.run());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (folder != null) FileUtils.deleteQuietly(folder.toFile());
        }
    }

    private RunResult store(RunClaim run, RunResult result, Path merged) {
        try {
            StagedFolder files = StagedFolder.of(store, merged, name -> true);
            try (HeldBlobs held = files.publish(blobs)) {
                states.succeed(run, result, files.hashes());
            }
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    /** Stops a run that this worker is executing if its owner requested that or another worker holds it. */
    void stopIfCancelledOrLost(UUID id) {
        for (RunExecution execution : underWay) {
            if (execution.run().id().equals(id) && !states.shouldContinue(execution.run())) execution.stop();
        }
    }

    /** Gives all runs back, each after its current point. */
    void stopAll() {
        underWay.forEach(RunExecution::stop);
    }

    /** Gives all runs back, and claims no more. */
    void leave() {
        leaving = true;
        stopAll();
    }

    void close() {
        models.close();
    }
}
