package io.lorahub.composition;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.learning.ForeignLogException;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.ObjectStore;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Where a worker does its runs: the files and models that it has, and which runs are under way. */
@ApplicationScoped
public class RunExecutor {

    private static final Logger LOG = Logger.getLogger(RunExecutor.class);

    private final RunStates states;
    private final QueueOrder order;
    private final DataSource database;
    private final WorkerModels models;
    private final StoreOutages outages;
    private final RunEnd end;
    private final HubRecipe recipe;
    private final ThroughputMeter speed = new ThroughputMeter();
    private final Set<RunningExecutions> underWay = ConcurrentHashMap.newKeySet();
    private volatile Runnable changed = () -> {};
    private volatile boolean leaving;

    RunExecutor(
            WorkerTempFolders scratch,
            RunStates states,
            QueueOrder order,
            DataSource database,
            WorkerModels models,
            ObjectStore store,
            Blobs blobs,
            @ConfigProperty(name = "lorahub.public-url") Optional<URI> publicUrl) {
        this.states = states;
        this.order = order;
        this.database = database;
        this.models = models;
        this.outages = new StoreOutages(states);
        this.end = new RunEnd(states, outages, store, blobs, scratch);
        this.recipe = new HubRecipe(publicUrl);
    }

    /** Calls back when {@link #models} or {@link #running} say something else. */
    void whenChanged(Runnable callback) {
        changed = callback;
    }

    /** Does a run as far as it gets. */
    RunOutcome work(UUID id) {
        if (leaving) return RunOutcome.AGAIN;
        Optional<RunClaim> taken = states.take(id);
        if (taken.isEmpty()) return RunOutcome.DONE; // paused, cancelled or ended while it waited
        RunClaim run = taken.get();
        RunningExecutions here = new RunningExecutions(run);
        underWay.add(here);
        changed.run();
        if (leaving) here.stop();
        try {
            return work(here);
        } catch (LostRunException e) {
            return RunOutcome.LOST;
        } catch (EngineException e) {
            states.fail(run, e.getMessage());
            return RunOutcome.DONE;
        } catch (OutOfMemoryError e) {
            models.clear();
            states.fail(run, "The worker ran out of memory. Take fewer candidates or a smaller base model.");
            return RunOutcome.DONE;
        } catch (RuntimeException e) {
            LOG.warnf(e, "The run %s met a fault.", run.id());
            return states.fault(run).map(RunOutcome::after).orElse(RunOutcome.DONE);
        } finally {
            underWay.remove(here);
            changed.run();
            restore(run);
        }
    }

    /** Those of the owner that still wait move up. */
    private void restore(RunClaim run) {
        try {
            order.restoreFor(run);
        } catch (RuntimeException e) {
            LOG.debugf(e, "The order of the queue stays until it is restored.");
        }
    }

    private RunOutcome work(RunningExecutions here) {
        try {
            return attempt(here);
        } catch (ForeignLogException e) {
            RunClaim run = here.run();
            LOG.infof(
                    "The run %s was begun by another version of LoraHub; evaluation %d and those after it are made anew.",
                    run.id(), e.number());
            new RunJournal(database, run.id(), run.claim(), wish -> {}).cut(e.number());
            return attempt(here);
        }
    }

    private RunOutcome attempt(RunningExecutions here) {
        RunClaim run = here.run();
        Optional<ModelPool.Lent> lent = outages.outlast(
                here,
                () -> models.lend(
                        run.baseName(), run.baseBytes(), run.base(), run.spec().dtype()));
        if (lent.isEmpty()) return left(run);
        try {
            Optional<LearningSession> session = outages.outlast(
                    here,
                    () -> models.open(
                            lent.get().model(),
                            run.candidates(),
                            run.spec().settings().composition()));
            if (session.isEmpty()) return left(run);
            try (LearningSession open = session.get()) {
                return execute(here, open);
            }
        } finally {
            models.giveBack(lent.get());
        }
    }

    private RunOutcome left(RunClaim run) {
        return states.stopped(run) ? RunOutcome.DONE : RunOutcome.AGAIN;
    }

    private RunOutcome execute(RunningExecutions here, LearningSession session) {
        RunClaim run = here.run();
        RunJournal journal = new RunJournal(database, run.id(), run.claim(), wish -> here.stop());
        RunExecution execution = new RunExecution(session, run, recipe, RunJournal.read(database, run.id()), journal);
        execution.listen(new LivePredictions(session, run.spec(), texts -> states.predicted(run, texts)));
        execution.listen(speed);
        run.fork()
                .ifPresent(fork -> execution.know(
                        RunJournal.read(database, fork.run()).stream()
                                .filter(record -> record.number() <= fork.evaluations())
                                .toList(),
                        fork.l1()));
        here.begin(execution);
        return end.of(here, execution);
    }

    /** The models that are loaded and idle, by name. */
    List<String> models() {
        return models.names();
    }

    int running() {
        return underWay.size();
    }

    /** Evaluations per second of one slot, as measured lately. */
    OptionalDouble speed() {
        return speed.speed();
    }

    /** Stops the run, if it is under way here, where its owner wants that or another worker has it. */
    void look(UUID id) {
        for (RunningExecutions run : underWay) {
            if (run.run().id().equals(id) && !states.goesOn(run.run())) run.stop();
        }
    }

    /** Gives back what is under way, each run after its evaluation. */
    void stopAll() {
        underWay.forEach(RunningExecutions::stop);
    }

    /** Gives back what is under way, and takes nothing more. */
    void leave() {
        leaving = true;
        stopAll();
    }

    void close() {
        models.close();
    }
}
