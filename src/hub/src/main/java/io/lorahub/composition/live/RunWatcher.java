package io.lorahub.composition.live;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunAccess;
import io.lorahub.composition.RunState;
import io.lorahub.composition.live.RunEventStreams.Audience;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * The server-sent events of one watcher of a run, and the state sent so far. An event is handed over only when the connection
 * has taken the one before. For a client that reads slowly, evaluations wait, while a newer state replaces one that
 * waits; a client that doesn't read is disconnected, and continues from its last event when it comes back.
 */
final class RunWatcher {

    /** Long enough for a planned restart; browsers retry repeatedly. */
    private static final Duration RECONNECT_DELAY = Duration.ofSeconds(3);

    /** The most characters that wait for a client, apart from the latest state. */
    private static final int LONGEST_BACKLOG = 1 << 20;

    /** Memory of a waiting event besides its data, in characters. */
    private static final int EVENT = 256;

    /** The changing state of a run as text, rendered once for all watchers of an audience. */
    @FunctionalInterface
    interface Head {

        /** @param whole for programs: with the examples, which never change */
        String of(Audience audience, boolean whole);
    }

    private final MultiEmitter<? super OutboundSseEvent> emitter;
    private final Sse sse;
    private final Audience audience;
    private final RunAccess access;

    // used by one change of the run at a time
    private String shownHead;
    private String shownLive;

    /** Calls of {@link #send} that have not ended: one of them sends for all. */
    private final AtomicInteger sending = new AtomicInteger();

    // guarded by this
    private final Deque<OutboundSseEvent> backlog = new ArrayDeque<>();
    private long backlogLength;
    private OutboundSseEvent head;
    private OutboundSseEvent live;
    private OutboundSseEvent last;
    private boolean hasExamples;
    private boolean over;
    private int seen;

    /** @param seen number of the last evaluation that the client has */
    RunWatcher(MultiEmitter<? super OutboundSseEvent> emitter, int seen, Audience audience, RunAccess access, Sse sse) {
        this.access = access;
        this.emitter = emitter;
        this.seen = seen;
        this.audience = audience;
        this.sse = sse;
        emitter.onRequest(number -> send());
    }

    /**
     * Sends new evaluations. If the log is shorter than what the watcher has, it was cut and is sent again completely.
     *
     * @param points returns the evaluations after a number, as JSON
     */
    void sendEvaluations(int last, IntFunction<String> points) {
        synchronized (this) {
            if (last == seen || over) return;
            if (last < seen) seen = 0;
            add(event("evaluations", points.apply(seen))
                    .id(Integer.toString(last))
                    .build());
            seen = last;
        }
        send();
    }

    /** @param newLive the large part of the page */
    void show(RunState state, String newLive, Head heads) {
        String newHead = heads.of(audience, false);
        boolean changed = !newHead.equals(shownHead);
        shownHead = newHead;
        if (changed && lacksExamples()) newHead = heads.of(audience, true);
        synchronized (this) {
            if (over) return;
            if (changed) head = event(isProgram() ? "run" : "head", newHead).build();
            if (!isProgram() && !newLive.equals(shownLive))
                live = event("live", newLive).build();
            shownLive = newLive;
            if (isOver(state)) end(event("end", state.word()).build());
        }
        send();
    }

    private synchronized boolean lacksExamples() {
        return isProgram() && !hasExamples;
    }

    boolean sees(CompositionRun run) {
        return access.sees(run);
    }

    boolean holdsAccess() {
        return access.holds();
    }

    void onEnd(Runnable callback) {
        emitter.onTermination(callback);
    }

    /** Whether the stream ends in this state. Pages keep watching a failed run, because it may be resumed elsewhere. */
    private boolean isOver(RunState state) {
        return state.isEnded() && (state != RunState.FAILED || isProgram());
    }

    private boolean isProgram() {
        return audience == Audience.PROGRAM;
    }

    /**
     * Reports that the run was deleted or that the watcher may no longer see it. Without this event a browser would
     * reconnect indefinitely.
     */
    void gone() {
        synchronized (this) {
            forget();
            end(event("gone", "").build());
        }
        send();
    }

    /**
     * Reports that the process is stopping. Another one, or this one after its restart, continues from the last event.
     */
    void askToReconnect() {
        synchronized (this) {
            if (over) return;
            forget();
            end(sse.newEventBuilder()
                    .reconnectDelay(RECONNECT_DELAY.toMillis())
                    .comment("the server restarts")
                    .build());
        }
        send();
    }

    /**
     * Sends a keep-alive, unless something else is on its way. Pages must see it to notice a dead connection; programs
     * receive a comment, which they skip.
     */
    void sendKeepAlive() {
        synchronized (this) {
            if (over || emitter.requested() == 0) return;
            add((isProgram() ? sse.newEventBuilder().comment("still here") : event("beat", "still here")).build());
        }
        send();
    }

    private OutboundSseEvent.Builder event(String name, String data) {
        return sse.newEventBuilder().name(name).data(String.class, data);
    }

    private void add(OutboundSseEvent event) {
        backlog.add(event);
        backlogLength += length(event);
        if (backlogLength <= LONGEST_BACKLOG || backlog.size() == 1) return;
        forget();
        end(null);
    }

    private static int length(OutboundSseEvent event) {
        return EVENT + (event.getData() instanceof String text ? text.length() : 0);
    }

    private void forget() {
        backlog.clear();
        backlogLength = 0;
        head = null;
        live = null;
    }

    /** @param event after everything that waits; null for none */
    private void end(OutboundSseEvent event) {
        last = event;
        over = true;
    }

    /** The next event; null if none waits, or the connection has not taken the one before. */
    private synchronized OutboundSseEvent next() {
        if (emitter.requested() == 0) return null;
        OutboundSseEvent next = backlog.poll();
        if (next != null) {
            backlogLength -= length(next);
        } else if (head != null) {
            next = head;
            head = null;
            hasExamples = true;
        } else if (live != null) {
            next = live;
            live = null;
        } else {
            next = last;
            last = null;
        }
        return next;
    }

    private synchronized boolean isDone() {
        return over && backlog.isEmpty() && head == null && live == null && last == null;
    }

    /** Hands over what the connection can take. Holds no lock meanwhile, because connections have their own. */
    private void send() {
        if (sending.getAndIncrement() > 0) return;
        int calls = 1;
        while (calls > 0) {
            for (OutboundSseEvent event = next(); event != null; event = next()) emitter.emit(event);
            if (isDone()) emitter.complete();
            calls = sending.addAndGet(-calls);
        }
    }
}
