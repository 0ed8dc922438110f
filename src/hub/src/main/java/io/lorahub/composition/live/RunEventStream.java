package io.lorahub.composition.live;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunAccess;
import io.lorahub.composition.RunState;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.function.IntFunction;

/** The server-sent events of one watcher of a run, and the state sent so far. */
final class RunEventStream {

    /** Long enough for a planned restart; browsers retry repeatedly. */
    private static final Duration RECONNECT_DELAY = Duration.ofSeconds(3);

    private final MultiEmitter<? super OutboundSseEvent> emitter;
    private final Sse sse;
    private final RunEventStreams.Audience audience;
    private final RunAccess access;
    private int seen;
    private String shownHead;
    private String shownLive;

    RunEventStream(
            MultiEmitter<? super OutboundSseEvent> emitter,
            int seen,
            RunEventStreams.Audience audience,
            RunAccess access,
            Sse sse) {
        this.access = access;
        this.emitter = emitter;
        this.seen = seen;
        this.audience = audience;
        this.sse = sse;
    }

    /**
     * Sends new evaluations. If the log is shorter than what the watcher has, it was cut and is sent again completely.
     *
     * @param points returns the evaluations after a number, as JSON
     */
    void sendEvaluations(int last, IntFunction<String> points) {
        if (last == seen) return;
        if (last < seen) seen = 0;
        emit(event("evaluations", points.apply(seen)).id(Integer.toString(last)));
        seen = last;
    }

    /**
     * @param live the large part of the page
     * @param head the run's state, rendered for this watcher's audience
     */
    void show(RunProgress progress, String live, String head) {
        boolean program = audience == RunEventStreams.Audience.PROGRAM;
        if (!head.equals(shownHead)) emit(event(program ? "run" : "head", head));
        shownHead = head;
        if (!program && !live.equals(shownLive)) emit(event("live", live));
        shownLive = live;
        if (isOver(progress.run().state)) {
            emit(event("end", progress.run().state.word()));
            emitter.complete();
        }
    }

    boolean sees(CompositionRun run) {
        return access.sees(run);
    }

    boolean holdsAccess() {
        return access.holds();
    }

    RunEventStreams.Audience audience() {
        return audience;
    }

    void onEnd(Runnable callback) {
        emitter.onTermination(callback);
    }

    /** Whether the stream ends in this state. Pages keep watching a failed run, because it may be resumed elsewhere. */
    private boolean isOver(RunState state) {
        return state.isEnded() && (state != RunState.FAILED || audience == RunEventStreams.Audience.PROGRAM);
    }

    /**
     * Reports that the run was deleted or that the watcher may no longer see it. Without this event a browser would
     * reconnect indefinitely.
     */
    void gone(String html) {
        emit(event("gone", audience == RunEventStreams.Audience.PROGRAM ? "" : html));
        emitter.complete();
    }

    /**
     * Reports that the process is stopping. Another one, or this one after its restart, continues from the last event.
     */
    void askToReconnect() {
        emit(sse.newEventBuilder().reconnectDelay(RECONNECT_DELAY.toMillis()).comment("the server restarts"));
        emitter.complete();
    }

    /**
     * Sends a keep-alive. Pages must see it to notice a dead connection; programs receive a comment, which they skip.
     */
    void sendKeepAlive() {
        boolean program = audience == RunEventStreams.Audience.PROGRAM;
        emit(program ? sse.newEventBuilder().comment("still here") : event("beat", "still here"));
    }

    private OutboundSseEvent.Builder event(String name, String data) {
        return sse.newEventBuilder().name(name).data(String.class, data);
    }

    private void emit(OutboundSseEvent.Builder event) {
        emitter.emit(event.build());
    }
}
