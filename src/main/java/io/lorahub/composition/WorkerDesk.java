package io.lorahub.composition;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.learning.Session;
import io.lorahub.storage.ObjectStore;
import io.lorahub.storage.StagedFolder;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.apache.commons.io.FileUtils;

/** Where a worker does its runs: files, models, and what becomes of a run at its end. */
@ApplicationScoped
public class WorkerDesk {

    /** What becomes of the run in the queue. */
    enum Outcome {
        DONE,
        AGAIN
    }

    private final WorkerConfig config;
    private final RunStates states;
    private final DataSource database;
    private final ObjectStore store;
    private final WorkerModels models;
    private final Set<RunExecution> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean leaving;

    WorkerDesk(WorkerConfig config, RunStates states, DataSource database, WorkerModels models, ObjectStore store) {
        this.config = config;
        this.states = states;
        this.database = database;
        this.store = store;
        this.models = models;
    }

    /** Does a run as far as it gets. */
    Outcome work(UUID id) {
        if (leaving) return Outcome.AGAIN;
        Optional<RunClaim> taken = states.take(id);
        if (taken.isEmpty()) return Outcome.DONE; // paused, cancelled or ended while it waited
        RunClaim run = taken.get();
        try {
            return work(run);
        } catch (LostRunException e) {
            return Outcome.DONE;
        } catch (EngineException e) {
            states.fail(run, e.getMessage());
            return Outcome.DONE;
        } catch (OutOfMemoryError e) {
            models.close();
            states.fail(run, "The worker ran out of memory. Take fewer candidates or a smaller base model.");
            return Outcome.DONE;
        }
    }

    private Outcome work(RunClaim run) {
        ModelShelf.Lent lent = models.lend(
                run.baseName(), run.baseBytes(), run.base(), run.spec().dtype());
        try (Session session = models.open(
                lent.model(), run.candidates(), run.spec().settings().composition())) {
            RunExecution[] execution = new RunExecution[1];
            boolean[] wished = new boolean[1];
            RunJournal journal = new RunJournal(database, run.id(), run.claim(), wish -> {
                wished[0] = true;
                execution[0].stop();
            });
            execution[0] = new RunExecution(session, run, RunJournal.read(database, run.id()), journal);
            execution[0].listen(new LivePredictions(session, run.spec(), texts -> states.predicted(run, texts)));
            run.fork()
                    .ifPresent(fork -> execution[0].know(
                            RunJournal.read(database, fork.run()).stream()
                                    .filter(record -> record.number() <= fork.evaluations())
                                    .toList(),
                            fork.l1()));
            underWay.add(execution[0]);
            if (leaving) execution[0].stop();
            try {
                return end(run, execution[0]);
            } finally {
                underWay.remove(execution[0]);
            }
        } finally {
            models.giveBack(lent);
        }
    }

    private Outcome end(RunClaim run, RunExecution execution) {
        Path folder = scratch();
        try {
            Optional<RunResult> result = execution.run(folder.resolve("merged"), () -> states.searched(run));
            if (result.isPresent()) {
                Path merged = Files.createDirectories(folder.resolve("merged"));
                states.succeed(run, result.get(), StagedFolder.of(store, merged, name -> true));
                return Outcome.DONE;
            }
            return states.stopped(run) ? Outcome.DONE : Outcome.AGAIN;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            FileUtils.deleteQuietly(folder.toFile());
        }
    }

    private Path scratch() {
        try {
            return Files.createTempDirectory(Files.createDirectories(config.cache()), "run-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The models that are loaded and idle, by name. */
    List<String> models() {
        return models.names();
    }

    int running() {
        return underWay.size();
    }

    /** Gives back what is under way, and takes nothing more. */
    void leave() {
        leaving = true;
        underWay.forEach(RunExecution::stop);
    }

    void close() {
        models.close();
    }
}
