package io.lorahub.composition;

import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.FreeSpace;
import io.lorahub.upload.MemberStorage;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What owners do with their runs. */
@ApplicationScoped
public class RunService {

    private final RunValidator check;
    private final CompositionConfig limits;
    private final VisitorLimits visitors;
    private final RunQueue queue;
    private final QueueOrder order;
    private final RunEvents feed;
    private final FreeSpace space;
    private final MemberStorage stored;
    private final DatabaseClock clock;

    RunService(
            RunValidator check,
            CompositionConfig limits,
            VisitorLimits visitors,
            RunQueue queue,
            QueueOrder order,
            RunEvents feed,
            FreeSpace space,
            MemberStorage stored,
            DatabaseClock clock) {
        this.check = check;
        this.limits = limits;
        this.visitors = visitors;
        this.queue = queue;
        this.order = order;
        this.feed = feed;
        this.space = space;
        this.stored = stored;
        this.clock = clock;
    }

    /**
     * Queues a run. A key that the person has used gives the run that it made, also while that request is under way.
     *
     * @throws ProblemException invalid, also for a key that was used for another request
     */
    public CompositionRun start(RunOwner owner, RunRequest request) {
        ExampleValidator.Tokens tokens = check.tokens(request);
        return QuarkusTransaction.joiningExisting().call(() -> start(owner, request, tokens));
    }

    private CompositionRun start(RunOwner owner, RunRequest request, ExampleValidator.Tokens tokens) {
        Optional<CompositionRun> same = earlier(owner, request, Optional.empty());
        if (same.isPresent()) return same.get();
        RunValidator.Checked checked = check.check(request, tokens);
        if (!checked.causes().isEmpty()) throw ProblemException.invalid(checked.causes());
        CompositionRun run = of(owner, request.title().strip(), request.description(), request.spec());
        run.baseModel = checked.baseModel();
        run.candidates = checked.candidates().stream().map(RunCandidate::of).toList();
        run.idempotencyKey = request.key().orElse(null);
        enqueue(owner, run, tokens);
        return run;
    }

    /**
     * A new run with other settings that takes what it can from the first evaluations of another one: where its search
     * asks for weights that are known, nothing is computed.
     *
     * @param evaluations from 0 to all of them
     * @param request     whose title and description are those of the other run where it has none
     */
    public CompositionRun fork(RunOwner owner, UUID id, int evaluations, RunRequest request) {
        ExampleValidator.Tokens tokens = check.tokens(request, id);
        return QuarkusTransaction.joiningExisting().call(() -> fork(owner, id, evaluations, request, tokens));
    }

    private CompositionRun fork(
            RunOwner owner, UUID id, int evaluations, RunRequest request, ExampleValidator.Tokens tokens) {
        Optional<CompositionRun> same = earlier(owner, request, Optional.of(id));
        if (same.isPresent()) return same.get();
        CompositionRun from = locked(id);
        List<FieldError> causes = check.fork(request, from, tokens);
        long known = RunEvaluation.count("id.runId", from.id);
        if (evaluations < 0 || evaluations > known) {
            causes.add(new FieldError("fork_evaluations", "The run has %,d evaluations.".formatted(known)));
        }
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        CompositionRun run = of(
                owner,
                isMissing(request.title()) ? from.title : request.title().strip(),
                request.description() == null ? from.description : request.description(),
                request.spec());
        run.baseModel = from.baseModel;
        run.candidates = List.copyOf(from.candidates);
        run.forkOf = from;
        run.forkEvaluations = from.spec.hasValuesOf(request.spec()) ? evaluations : 0;
        run.idempotencyKey = request.key().orElse(null);
        enqueue(owner, run, tokens);
        return run;
    }

    private static boolean isMissing(String text) {
        return text == null || text.isBlank();
    }

    /** The run that a request with this key has made; of several at once the later ones wait for the first to be stored. */
    private Optional<CompositionRun> earlier(RunOwner owner, RunRequest request, Optional<UUID> fork) {
        if (request.key().isEmpty() || owner.person().isEmpty()) return Optional.empty();
        owner.lock();
        Optional<CompositionRun> run = CompositionRun.find(
                        "person = ?1 and idempotencyKey = ?2",
                        owner.person().get(),
                        request.key().get())
                .firstResultOptional();
        if (run.isPresent() && !isOf(run.get(), request, fork)) {
            throw ProblemException.invalid(
                    "Idempotency-Key",
                    "This key was used for another request, which made the run %s; take a new key for a new request."
                            .formatted(run.get().id));
        }
        return run;
    }

    /** Whether the request asks for this run. What a request for a fork leaves out is that of the other run. */
    private static boolean isOf(CompositionRun run, RunRequest request, Optional<UUID> fork) {
        Optional<UUID> before = Optional.ofNullable(run.forkOf).map(from -> from.id);
        boolean forked = fork.isPresent();
        return before.equals(fork)
                && run.spec.equals(request.spec())
                && (forked && isMissing(request.title()) || run.title.equals(stripped(request.title())))
                && (forked && request.description() == null || run.description.equals(stripped(request.description())))
                && request.baseModel()
                        .filter(name -> !name.isBlank() && !name.equals(run.baseModel.name))
                        .isEmpty()
                && (forked && request.candidates().isEmpty()
                        || CandidateValidator.areThose(request.candidates(), run.candidates));
    }

    private static String stripped(String text) {
        return text == null ? "" : text.strip();
    }

    private CompositionRun of(RunOwner owner, String title, String description, RunSpec spec) {
        CompositionRun run = new CompositionRun();
        run.id = UUID.randomUUID();
        run.person = owner.person().orElse(null);
        run.visitor = owner.visitor().orElse(null);
        run.network = owner.visitor().flatMap(visitor -> visitors.network()).orElse(null);
        run.title = title;
        run.description = description == null ? "" : description.strip();
        run.spec = spec;
        run.budget = spec.budget();
        run.createdAt = clock.now();
        run.queuedAt = run.createdAt;
        if (owner.visitor().isPresent()) run.expiresAt = run.createdAt.plus(limits.visitorRuns());
        return run;
    }

    private void enqueue(RunOwner owner, CompositionRun run, ExampleValidator.Tokens tokens) {
        if (space.isShort(0)) throw ProblemException.insufficientStorage(FreeSpace.REFUSAL);
        long ahead = requireRoom(owner);
        owner.person().ifPresent(stored::requireRoom);
        if (!check.keep(run.versions())) {
            throw ProblemException.conflict(
                    "A candidate of this run has just been deleted. Start the run again without it.");
        }
        run.persistAndFlush();
        tokens.warnings().forEach(warning -> RunNote.warn(run, warning, clock.now()));
        queue.add(run, ahead);
        feed.changed(run);
    }

    /**
     * How many runs of the owner wait or run already.
     *
     * @throws ProblemException too many, where one more is not allowed
     */
    private long requireRoom(RunOwner owner) {
        owner.lock();
        long ahead = owner.active();
        int allowed = owner.person().isPresent() ? limits.queued() : limits.queuedByVisitor();
        if (ahead >= allowed) {
            throw ProblemException.tooMany(
                    "%s of yours wait or run already; at most %d may. Wait for one to end, or cancel one."
                            .formatted(ahead == 1 ? "One run" : ahead + " runs", allowed),
                    Duration.ofSeconds(10));
        }
        if (owner.visitor().isPresent()) visitors.requireRun();
        return ahead;
    }

    /**
     * Takes effect after the evaluation under way.
     *
     * @return where it stands now
     */
    @Transactional
    public RunState pause(UUID id) {
        CompositionRun run = locked(id);
        if (run.state == RunState.RUNNING) {
            run.wish = CompositionRun.Wish.PAUSE;
            feed.wish(id);
        } else {
            change(run, RunState.PAUSED);
            queue.remove(id);
            order.restore(RunOwner.of(run));
        }
        feed.changed(run);
        return run.state;
    }

    /** The same; a run that is cancelled cannot go on. */
    @Transactional
    public RunState cancel(UUID id) {
        CompositionRun run = locked(id);
        if (run.state == RunState.RUNNING) {
            run.wish = CompositionRun.Wish.CANCEL;
            feed.wish(id);
        } else {
            change(run, RunState.CANCELLED);
            queue.remove(id);
            order.restore(RunOwner.of(run));
        }
        feed.changed(run);
        return run.state;
    }

    /**
     * Goes on with a run that is paused or has failed, from its log.
     *
     * @throws ProblemException too many, where its owner has enough others that wait or run
     */
    @Transactional
    public void resume(UUID id) {
        CompositionRun run = locked(id);
        queueAgain(run, requireRoom(RunOwner.of(run)));
    }

    /** The same for admins, who may go beyond what its owner is allowed. */
    @Transactional
    void retry(UUID id) {
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
        queue.add(run, ahead);
        feed.changed(run);
    }

    /** What has changed since a run was queued so that it would only fail. */
    Optional<String> whyNotAgain(CompositionRun run) {
        return run.incomplete().or(() -> check.tooLarge(run.spec, run.baseModel, run.versions()));
    }

    @Transactional
    public void share(UUID id, boolean shared) {
        CompositionRun run = locked(id);
        run.shared = shared;
        feed.changed(run);
    }

    /** With its log and its files, which are swept. */
    @Transactional
    public void delete(UUID id) {
        CompositionRun run = locked(id);
        if (!run.state.isEnded() && run.state != RunState.PAUSED) {
            throw ProblemException.conflict("“%s” waits or runs; cancel it first.".formatted(run.title));
        }
        feed.changed(run);
        run.delete();
    }

    private void change(CompositionRun run, RunState next) {
        if (!run.state.mayBecome(next)) {
            throw ProblemException.conflict(
                    "“%s” is %s and cannot become %s.".formatted(run.title, run.state.word(), next.word()));
        }
        run.become(next, clock.now());
    }

    private static CompositionRun locked(UUID id) {
        CompositionRun run = CompositionRun.findById(id, LockModeType.PESSIMISTIC_WRITE);
        if (run == null) throw ProblemException.notFound("run");
        return run;
    }
}
