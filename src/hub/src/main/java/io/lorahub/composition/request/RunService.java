package io.lorahub.composition.request;

import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.CompositionRun.StopRequest;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunNote;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.RunState;
import io.lorahub.composition.queue.RunQueue;
import io.lorahub.composition.task.OwnerLimits;
import io.lorahub.database.ChangeEvents;
import io.lorahub.engine.learning.RunMemory;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** The actions that owners take on their runs. */
@ApplicationScoped
public class RunService {

    private final RunValidator check;
    private final CompositionConfig limits;
    private final OwnerLimits owners;
    private final RunQueue queue;
    private final ChangeEvents events;
    private final DatabaseClock clock;
    private final Lock turn = new ReentrantLock(true);

    RunService(
            RunValidator check,
            CompositionConfig limits,
            OwnerLimits owners,
            RunQueue queue,
            ChangeEvents events,
            DatabaseClock clock) {
        this.check = check;
        this.limits = limits;
        this.owners = owners;
        this.queue = queue;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Queues a run.
     *
     * @throws ProblemException if the request is invalid, or there are too many runs
     */
    public CompositionRun start(RunOwner owner, RunRequest request) {
        return startPrepared(owner, owner.person().isPresent() ? request : sized(owner, request));
    }

    /** Queues a run whose size the hub has chosen, so that the limits of visitors don't apply to it. */
    CompositionRun startPrepared(RunOwner owner, RunRequest request) {
        if (owner.person().isPresent()) return queue(owner, request);
        // visitors queue here before taking a database connection, so that a crowd leaves connections for others
        turn.lock();
        try {
            owners.requireVisitorsRun();
            return queue(owner, request);
        } finally {
            turn.unlock();
        }
    }

    private CompositionRun queue(RunOwner owner, RunRequest request) {
        return QuarkusTransaction.joiningExisting().call(checked(owner, request)::get);
    }

    private RunRequest sized(RunOwner owner, RunRequest request) {
        int candidates = request.fork()
                .flatMap(fork -> CompositionRun.<CompositionRun>findByIdOptional(fork.run()))
                .map(run -> run.candidates.size())
                .orElse(request.candidates().size());
        return request.with(owners.faults(owner, request.spec(), candidates));
    }

    /**
     * Checks a request. What this returns queues the run, or reports all errors; call it in a transaction, and this
     * method before it.
     */
    public Supplier<CompositionRun> checked(RunOwner owner, RunRequest request) {
        RunValidator.Checked checked = check.check(request);
        return () -> queued(owner, request, checked);
    }

    /**
     * Queues a run that differs from this one only in its settings. Where its search asks for weights that this one has
     * tried, nothing is computed.
     *
     * @param owner   of the new run; may be another than this one's
     * @param changed specification of this run with other settings
     * @throws ProblemException if there is no such run with them, such as after a candidate was deleted
     */
    public CompositionRun repeat(RunOwner owner, CompositionRun run, RunSpec changed) {
        RunSpec spec = changed.withPrompt(run.spec.prompt(), run.spec.system(), null);
        int known = (int) RunEvaluation.count("id.runId", run.id);
        return start(owner, new RunRequest(null, null, Optional.empty(), List.of(), spec).forkOf(run.id, known));
    }

    private CompositionRun queued(RunOwner owner, RunRequest request, RunValidator.Checked checked) {
        if (!checked.causes().isEmpty()) throw ProblemException.invalid(checked.causes());
        CompositionRun run = new CompositionRun();
        run.id = UUID.randomUUID();
        run.person = owner.person().orElse(null);
        run.visitor = owner.visitor().orElse(null);
        run.network = owners.network(owner).orElse(null);
        run.title = stripped(request.titled());
        run.description = stripped(request.description());
        run.spec = checked.spec();
        run.baseModel = checked.baseModel();
        run.candidates = checked.candidates();
        run.budget = run.spec.budget();
        run.createdAt = clock.now();
        run.queuedAt = run.createdAt;
        if (owner.visitor().isPresent()) run.expiresAt = run.createdAt.plus(limits.visitorRuns());
        request.fork().ifPresent(fork -> fork(run, locked(fork.run()), fork.evaluations(), request));
        enqueue(owner, run, checked.warnings());
        return run;
    }

    private static void fork(CompositionRun run, CompositionRun from, int evaluations, RunRequest request) {
        run.forkOf = from;
        if (run.spec.promptDate() != null && run.spec.hasPromptOf(from.spec)) {
            run.spec = run.spec.withPrompt(run.spec.prompt(), run.spec.system(), from.spec.promptDate());
        }
        run.forkEvaluations = from.spec.hasValuesOf(run.spec) ? evaluations : 0;
        if (request.titled() == null) run.title = from.title;
        if (request.description() == null) run.description = from.description;
    }

    private static String stripped(String text) {
        return text == null ? "" : text.strip();
    }

    private void enqueue(RunOwner owner, CompositionRun run, List<String> warnings) {
        long ahead = owners.requireRun(owner);
        owners.requireRoom(owner);
        if (!check.lockAgainstDeletion(run.versions())) {
            throw ProblemException.conflict(
                    "A candidate of this run has just been deleted. Start the run again without it.");
        }
        run.persistAndFlush();
        warnings.forEach(warning -> RunNote.warn(run, warning, clock.now()));
        owners.count(owner);
        queue.add(run, ahead, needed(run));
        events.changed(run.id);
    }

    /**
     * Pauses a run after the current point.
     *
     * @return its current state
     */
    @Transactional
    public RunState pause(UUID id) {
        return stop(id, StopRequest.PAUSE, RunState.PAUSED);
    }

    /** Cancels a run, also after the current point; a cancelled run cannot be resumed. */
    @Transactional
    public RunState cancel(UUID id) {
        return stop(id, StopRequest.CANCEL, RunState.CANCELLED);
    }

    /**
     * Ends the search after the current point, or for a run that waits, was paused or has failed, as soon as a worker takes it;
     * what has been found becomes the result.
     *
     * @throws ProblemException if it has found nothing yet or has ended, or the owner's number of queued and running runs is
     *                          at the limit
     */
    @Transactional
    public void finish(UUID id) {
        CompositionRun run = locked(id);
        run.whyNotFinishable().ifPresent(why -> {
            throw ProblemException.conflict(why);
        });
        if (!run.state.isWaitingOrRunning()) queueAgain(run, owners.requireRun(RunOwner.of(run)));
        run.stopRequest = StopRequest.FINISH;
        events.signal(id.toString()); // to the worker that holds it
        events.changed(run.id);
    }

    /** Asks the worker to stop it; without a worker, it is in its new state at once. */
    private RunState stop(UUID id, StopRequest request, RunState state) {
        CompositionRun run = locked(id);
        if (run.state == RunState.RUNNING) {
            run.stopRequest = request;
            events.signal(id.toString()); // to the worker that holds it
        } else {
            change(run, state);
            queue.remove(id);
            queue.restore(RunOwner.of(run));
        }
        events.changed(run.id);
        return run.state;
    }

    /**
     * Resumes a paused or failed run from its log.
     *
     * @throws ProblemException if the owner's number of queued and running runs is at the limit
     */
    @Transactional
    public void resume(UUID id) {
        CompositionRun run = locked(id);
        queueAgain(run, owners.requireRun(RunOwner.of(run)));
    }

    /** Resumes a run for an admin, who may exceed the owner's limit. */
    @Transactional
    public void retry(UUID id) {
        CompositionRun run = locked(id);
        queueAgain(run, RunOwner.of(run).active());
    }

    private void queueAgain(CompositionRun run, long ahead) {
        if (run.state == RunState.RUNNING) {
            throw ProblemException.conflict("“%s” is running already.".formatted(run.title));
        }
        whyNotAgain(run).ifPresent(why -> {
            throw ProblemException.conflict(why);
        });
        change(run, RunState.QUEUED);
        queue.add(run, ahead, needed(run));
        events.changed(run.id);
    }

    private static RunMemory needed(CompositionRun run) {
        return RunValidator.memory(run.spec, run.baseModel, run.versions());
    }

    /** Why the run, given the changes since it was queued, would only fail again; empty if it need not. */
    public Optional<String> whyNotAgain(CompositionRun run) {
        return run.incomplete().or(() -> check.tooLarge(run.spec, run.baseModel, run.versions()));
    }

    @Transactional
    public void share(UUID id, boolean shared) {
        CompositionRun run = locked(id);
        run.shared = shared;
        events.changed(run.id);
    }

    /** Deletes a run with its log; the sweep removes its files. */
    @Transactional
    public void delete(UUID id) {
        CompositionRun run = locked(id);
        if (!run.state.isEnded() && run.state != RunState.PAUSED) {
            throw ProblemException.conflict("“%s” is waiting or running; cancel it first.".formatted(run.title));
        }
        events.changed(run.id);
        run.delete();
    }

    private void change(CompositionRun run, RunState next) {
        if (!run.state.mayBecome(next)) {
            throw ProblemException.conflict(
                    run.state == next
                            ? "“%s” is already %s.".formatted(run.title, next.word())
                            : "“%s” %s, so it can't be %s."
                                    .formatted(
                                            run.title,
                                            run.whatHappened(),
                                            next == RunState.QUEUED ? "resumed" : next.word()));
        }
        run.become(next, clock.now());
    }

    private static CompositionRun locked(UUID id) {
        CompositionRun run = CompositionRun.findById(id, LockModeType.PESSIMISTIC_WRITE);
        if (run == null) throw ProblemException.notFound("run");
        return run;
    }
}
