package io.lorahub.composition.queue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.adapter.AdapterDeletionEvent;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunNote;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunState;
import io.lorahub.composition.model.WorkerName;
import io.lorahub.database.ChangeEvents;
import io.lorahub.engine.learning.RunTooLargeException;
import io.lorahub.notice.NotificationInbox;
import io.lorahub.storage.DatabaseClock;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Consumer;

/** Changes of a run's state by a worker; each is made only while the worker holds the run. */
@ApplicationScoped
public class RunStates {

    /** How many times in a row workers can be lost without completing an evaluation before the run is given up. */
    public static final int LOSSES = 6;

    /** How often it can be lost in all, however far it gets in between. */
    static final int LOSSES_IN_ALL = 30;

    private static final String UNFINISHED_WITH = """
            select r.id from CompositionRun r join r.candidates c
             where c.version.adapter.id = ?1 and r.state in (QUEUED, RUNNING, PAUSED) order by r.id""";

    private static final String NO_ROOM = """
            update worker set no_room_for = array_append(array_remove(no_room_for, :base), :base), shortage = :shortage
             where name = :name""";

    private final NotificationInbox inbox;
    private final ChangeEvents events;
    private final WorkerName name;
    private final ObjectMapper json;
    private final DatabaseClock clock;
    private final RunQueue queue;

    RunStates(
            NotificationInbox inbox,
            ChangeEvents events,
            WorkerName name,
            ObjectMapper json,
            DatabaseClock clock,
            RunQueue queue) {
        this.queue = queue;
        this.inbox = inbox;
        this.events = events;
        this.name = name;
        this.json = json;
        this.clock = clock;
    }

    /** Claims a run that is queued, or that a dead worker held; empty if there is nothing to do. */
    @Transactional
    public Optional<RunClaim> take(UUID id) {
        CompositionRun run = CompositionRun.findById(id, LockModeType.PESSIMISTIC_WRITE);
        if (run == null || !run.state.isWaitingOrRunning()) return Optional.empty();
        boolean left = run.state == RunState.RUNNING;
        if (left && run.mustStop()) {
            stop(run);
            return Optional.empty();
        }
        if (left && countLoss(run)) return Optional.empty();
        if (!left) run.become(RunState.RUNNING, clock.now());
        Optional<String> refusal = run.incomplete()
                .or(() -> run.takenDown(Optional.ofNullable(run.person))
                        .map(
                                "Moderators took down %s. Repeat the run without it, or resume it once the adapter is back."
                                        ::formatted));
        if (refusal.isPresent()) {
            failed(run, refusal.get());
            return Optional.empty();
        }
        if (run.startedAt == null) run.startedAt = clock.now();
        run.claim++;
        String before = run.worker;
        run.worker = name.text();
        note(run, left ? takenOver(run, before) : begun(run));
        events.changed(run.id);
        return Optional.of(new RunClaim(run));
    }

    private String begun(CompositionRun run) {
        return (run.spent == 0 ? "Started by worker %s." : "Resumed by worker %s.").formatted(name.text());
    }

    private String takenOver(CompositionRun run, String before) {
        return name.text().equals(before)
                ? "Resumed by worker %s after %s.".formatted(before, run.evaluations())
                : "Worker %s was lost after %s. Resumed by worker %s."
                        .formatted(before, run.evaluations(), name.text());
    }

    /**
     * Puts a run held by a dead worker back into the queue, or carries out its owner's request to stop.
     *
     * @param since the worker's last known heartbeat; there may be a newer one by now
     * @return whether the worker still held the run with this heartbeat
     */
    @Transactional
    public boolean lost(UUID id, Instant since) {
        CompositionRun run = CompositionRun.findById(id, LockModeType.PESSIMISTIC_WRITE);
        if (!queue.isHeldSince(id, since)) return false;
        if (run != null && run.state == RunState.RUNNING) {
            if (run.mustStop() || !countLoss(run)) {
                stopOrRequeue(
                        run,
                        "Worker %s was lost after %s; the run waits for another one."
                                .formatted(run.worker, run.evaluations()));
            }
        }
        queue.done(id);
        return true;
    }

    /** Counts a lost worker; returns true if there were too many and the run has failed. */
    private boolean countLoss(CompositionRun run) {
        run.lost++;
        run.losses++;
        if (run.lost <= LOSSES && run.losses <= LOSSES_IN_ALL) return false;
        run.givenUp = true;
        String often = run.lost > LOSSES ? "%d times in a row".formatted(run.lost) : "%d times".formatted(run.losses);
        failed(
                run,
                "Workers failed after %s, %s; the log of %s says why.".formatted(run.evaluations(), often, run.worker));
        return true;
    }

    /** Notes why a visitor's search ends now. */
    @Transactional
    public void outOfTime(RunClaim claim, Duration limit) {
        note(
                own(claim),
                "The search has taken %d s, as long as one without an account can. The best so far becomes the result."
                        .formatted(limit.toSeconds()));
    }

    /** Stores predictions of the best mix so far, for watchers. */
    @Transactional
    public void predicted(RunClaim claim, List<String> predictions) {
        CompositionRun run = own(claim);
        run.predictions = json.valueToTree(predictions);
        events.changed(run.id);
    }

    @Transactional
    public void searched(RunClaim claim, List<String> predictions) {
        predicted(claim, predictions);
        note(own(claim), "The search ended; now evaluating the controls.");
    }

    /** Notes how far the training of the mix is. */
    @Transactional
    public void refining(RunClaim claim, int step, int most) {
        CompositionRun run = own(claim);
        note(
                run,
                step == 0
                        ? "Now training the mix further, at most %,d steps altogether.".formatted(most)
                        : "Step %,d of at most %,d of the training.".formatted(step, most));
        events.changed(run.id);
    }

    /** @param files SHA-256 of the published files, by name */
    @Transactional
    public void succeed(RunClaim claim, RunResult result, Map<String, String> files) {
        CompositionRun run = own(claim);
        run.result = json.valueToTree(result);
        run.files.putAll(files);
        run.become(RunState.SUCCEEDED, clock.now());
        note(run, "Done.");
        notifyOwner(run, "“%s” is done.".formatted(run.title), result.verdict);
        events.changed(run.id);
    }

    /** Fails queued and running runs with a candidate that is being deleted; ended runs keep their results. */
    @Transactional(Transactional.TxType.MANDATORY)
    void halt(@Observes AdapterDeletionEvent deletion) {
        List<UUID> unfinished = CompositionRun.getEntityManager()
                .createQuery(UNFINISHED_WITH, UUID.class)
                .setParameter(1, deletion.adapter().id)
                .getResultList();
        unfinished.forEach(run -> halt(run, deletion.adapter().address()));
    }

    /** Fails a queued or running run; a paused run stays paused. */
    private void halt(UUID id, String deleted) {
        CompositionRun run = CompositionRun.findById(id, LockModeType.PESSIMISTIC_WRITE);
        if (run == null) return;
        String why = CompositionRun.incomplete(deleted);
        if (run.state.isWaitingOrRunning()) {
            failed(run, why);
        } else if (run.state == RunState.PAUSED) {
            note(run, why);
            notifyOwner(run, "“%s” can't be resumed.".formatted(run.title), why);
            events.changed(run.id);
        }
    }

    /** @param why a sentence for the owner */
    @Transactional
    public void fail(RunClaim claim, String why) {
        failed(own(claim), why);
    }

    private void failed(CompositionRun run, String why) {
        run.become(RunState.FAILED, clock.now());
        run.failure = why;
        run.lost = 0;
        run.losses = 0;
        note(run, why);
        notifyOwner(run, "“%s” has failed.".formatted(run.title), why);
        events.changed(run.id);
    }

    /**
     * Requeues the run after a fault that the request did not cause.
     *
     * @return how often in a row it has been lost or has failed; empty if the run was given up
     */
    @Transactional
    public OptionalInt fault(RunClaim claim) {
        CompositionRun run = own(claim);
        if (countLoss(run)) return OptionalInt.empty();
        note(run, "Worker %s hit an error; its log says more. Trying again.".formatted(name.text()));
        giveBack(run);
        return OptionalInt.of(run.lost);
    }

    /** Notes that the store is down; the run keeps its state, see {@code RunExecutor}. */
    @Transactional
    public void outage(RunClaim claim) {
        CompositionRun run = own(claim);
        String text = "The file store doesn't answer; the run waits for it.";
        if (RunNote.latest(run.id).filter(text::equals).isPresent()) return;
        note(run, text);
        events.changed(run.id);
    }

    /** Carries out the owner's request to stop; without one, requeues the run and returns false. */
    @Transactional
    public boolean stopped(RunClaim claim) {
        return stopOrRequeue(
                own(claim), "Worker %s is shutting down; the run waits for another one.".formatted(name.text()));
    }

    /** Requeues the run behind those of others that wait, unless its owner wants it to stop; returns whether that is so. */
    @Transactional
    public boolean gaveWay(RunClaim claim) {
        CompositionRun run = own(claim);
        String note =
                "Gave way to runs of others after %s; continues when its turn comes.".formatted(run.evaluations());
        return stopOrRequeue(run, note, this::moveBack);
    }

    /**
     * Requeues a run that needs more memory than this worker has, unless its owner wants it to stop; fails it if no worker
     * has as much.
     *
     * @return whether it failed
     */
    @Transactional
    public boolean tooLarge(RunClaim claim, RunTooLargeException lack) {
        CompositionRun run = own(claim);
        if (WorkerRecord.fitNone(lack.needed(), clock.now())) {
            failed(run, lack.getMessage());
            return true;
        }
        queue.need(run.id, lack.needed());
        stopOrRequeue(
                run,
                "Worker %s has too little memory; the run needs %s and waits for a larger worker."
                        .formatted(name.text(), lack.needed().sentence()));
        return false;
    }

    /**
     * Requeues a run whose files have no room on this worker's disk, unless its owner wants it to stop.
     *
     * @param shortage how much room there is and how much it needs, as a clause
     */
    @Transactional
    public void noRoom(RunClaim claim, String shortage) {
        CompositionRun run = own(claim);
        // as the worker's next heartbeat, which is later than the run's watchers look
        CompositionRun.getEntityManager()
                .createNativeQuery(NO_ROOM)
                .setParameter("base", claim.baseName)
                .setParameter("shortage", shortage)
                .setParameter("name", name.text())
                .executeUpdate();
        stopOrRequeue(run, "Worker %s has %s; the run waits for room.".formatted(name.text(), shortage));
    }

    private boolean stopOrRequeue(CompositionRun run, String note) {
        return stopOrRequeue(run, note, this::giveBack);
    }

    private boolean stopOrRequeue(CompositionRun run, String note, Consumer<CompositionRun> requeue) {
        boolean requested = run.mustStop();
        if (requested) {
            stop(run);
        } else {
            note(run, note);
            requeue.accept(run);
        }
        events.changed(run.id);
        return requested;
    }

    /** Fails a run that waits, if it still does. */
    @Transactional
    public void failWaiting(UUID id, String why) {
        CompositionRun run = CompositionRun.findById(id, LockModeType.PESSIMISTIC_WRITE);
        if (run == null || run.state != RunState.QUEUED) return;
        failed(run, why);
        queue.remove(id);
    }

    private void moveBack(CompositionRun run) {
        run.become(RunState.QUEUED, clock.now());
        run.gaveWayAt = run.queuedAt;
        queue.moveBack(run);
    }

    /** Requeues a run in its original place, because it has waited before. */
    private void giveBack(CompositionRun run) {
        Instant since = run.queuedAt;
        run.become(RunState.QUEUED, clock.now());
        run.queuedAt = since;
        events.changed(run.id);
    }

    /** Whether the worker should continue; also false if it no longer holds the run. */
    @Transactional
    public boolean shouldContinue(RunClaim claim) {
        CompositionRun run = CompositionRun.findById(claim.id);
        return run != null && run.claim == claim.claim && run.state == RunState.RUNNING && !run.mustStop();
    }

    /** Whether the owner wants the search to end now, with what it has found. */
    @Transactional
    public boolean isFinishing(RunClaim claim) {
        CompositionRun run = CompositionRun.findById(claim.id);
        return run != null && run.claim == claim.claim && run.isFinishing();
    }

    private void stop(CompositionRun run) {
        boolean pause = run.stopRequest == CompositionRun.StopRequest.PAUSE;
        run.become(pause ? RunState.PAUSED : RunState.CANCELLED, clock.now());
        note(run, "%s after %s.".formatted(pause ? "Paused" : "Cancelled", run.evaluations()));
    }

    private CompositionRun own(RunClaim claim) {
        CompositionRun run = CompositionRun.findById(claim.id, LockModeType.PESSIMISTIC_WRITE);
        if (run == null || run.claim != claim.claim || run.state != RunState.RUNNING) {
            throw new LostRunException(claim.id);
        }
        return run;
    }

    private void notifyOwner(CompositionRun run, String title, String body) {
        if (run.person != null) inbox.send(run.person.id, title, body, "/runs/" + run.id);
    }

    private void note(CompositionRun run, String text) {
        RunNote.write(run, text, clock.now());
    }
}
