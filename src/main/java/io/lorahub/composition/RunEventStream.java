package io.lorahub.composition;

import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.function.IntFunction;

/** One who watches a run, and what they have been told of it. */
final class RunEventStream {

    /** Long enough for a restart that is planned; a browser tries it again and again. */
    private static final Duration COME_BACK = Duration.ofSeconds(3);

    private final MultiEmitter<? super OutboundSseEvent> emitter;
    private final Sse sse;
    private final RunEventStreams.Audience audience;
    private final RunAccess access;
    private int seen;
    private String stood;
    private String shown;

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
     * Where the log is shorter than what the watcher has, it was cut, and all of it is told again.
     *
     * @param points what to say of the evaluations after a number
     */
    void tell(int last, IntFunction<String> points) {
        if (last == seen) return;
        if (last < seen) seen = 0;
        emit(event("evaluations", points.apply(seen)).id(Integer.toString(last)));
        seen = last;
    }

    /** @param standing where the run stands, for this watcher's audience */
    void show(RunProgress progress, String html, String standing) {
        boolean program = audience == RunEventStreams.Audience.PROGRAM;
        if (!standing.equals(stood)) emit(event(program ? "run" : "head", standing));
        stood = standing;
        if (!program && !html.equals(shown)) emit(event("live", html));
        shown = html;
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

    /** A page stays: what has failed may be resumed elsewhere. */
    private boolean isOver(RunState state) {
        return state.isEnded() && (state != RunState.FAILED || audience == RunEventStreams.Audience.PROGRAM);
    }

    /** The run was deleted, or is no longer the watcher's to see; without a word a browser would ask for it again and again. */
    void gone(String html) {
        emit(event("gone", audience == RunEventStreams.Audience.PROGRAM ? "" : html));
        emitter.complete();
    }

    /** The process ends. Another one, or the same after its restart, goes on from the last event. */
    void comeBack() {
        emit(sse.newEventBuilder().reconnectDelay(COME_BACK.toMillis()).comment("the server restarts"));
        emitter.complete();
    }

    /** A page has to see it, to know a connection that is open but dead; programs get a comment, which they skip. */
    void sign() {
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
