package io.lorahub.composition.live;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.PeriodicTasks;
import io.lorahub.composition.RunAccess;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunState;
import io.lorahub.database.ChangeEvents;
import io.lorahub.storage.DatabaseClock;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Server-sent events of runs. A change is read and rendered once for all watchers of the run in this process; each of
 * them receives every evaluation since the last one it has seen.
 */
@ApplicationScoped
public class RunEventStreams {

    private static final Logger LOG = Logger.getLogger(RunEventStreams.class);

    @CheckedTemplate
    static class Templates {

        /** The changing part of a run's page, the same for all viewers. */
        static native TemplateInstance live(RunProgress progress);

        /** The message shown in place of a deleted run. */
        static native TemplateInstance gone();

        /** The run's state and buttons. */
        static native TemplateInstance head(RunProgress progress, boolean owner);

        private Templates() {}
    }

    /** Changes within this time are sent together. */
    private static final Duration PACE = Duration.ofMillis(150);

    /** Number of watchers of one run that adds one {@link #PACE} to the interval of the large part. */
    private static final int MANY = 50;

    /** Long enough for a planned restart; browsers retry repeatedly. */
    private static final Duration RECONNECT_DELAY = Duration.ofSeconds(3);

    /** Interval of keep-alives, which hold connections open through proxies and reveal those that are gone. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    /**
     * How often queued runs are checked: they move up when other runs are claimed, and no notification is sent for
     * that.
     */
    private static final Duration WAITING = Duration.ofSeconds(2);

    private final ChangeEvents events;
    private final ObjectMapper json;
    private final DatabaseClock clock;
    private final Map<UUID, Channel> channels = new ConcurrentHashMap<>();
    private volatile boolean stopping;
    private final PeriodicTasks periodic = new PeriodicTasks("run-watch-keep-alive");
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "run-watch");
        thread.setDaemon(true);
        return thread;
    });

    RunEventStreams(ChangeEvents events, ObjectMapper json, DatabaseClock clock) {
        this.events = events;
        this.json = json;
        this.clock = clock;
        periodic.every(KEEP_ALIVE, KEEP_ALIVE, () -> channels.values().forEach(Channel::keepAlive));
        periodic.every(WAITING, WAITING, () -> channels.values().forEach(Channel::queueMoved));
    }

    /**
     * Ends all streams before the server waits for open requests; otherwise they would stay open until the shutdown
     * timeout.
     */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        stopping = true;
        channels.values().forEach(channel -> channel.watchers.forEach(Watcher::askToReconnect));
    }

    /** Owners see buttons that guests do not; programs receive the run as the API represents it. */
    public enum Audience {
        OWNER,
        GUEST,
        PROGRAM
    }

    /**
     * Watches a run.
     *
     * @param after  number of the last evaluation that the watcher has
     * @param access checked again while the stream lasts
     */
    Multi<OutboundSseEvent> watch(UUID run, int after, Audience audience, RunAccess access, Sse sse) {
        return Multi.createFrom().emitter(emitter -> {
            Watcher watcher = new Watcher(emitter, after, audience, access, sse);
            channels.compute(run, (id, known) -> {
                Channel channel = known == null ? new Channel(run) : known;
                channel.add(watcher);
                return channel;
            });
            if (stopping) watcher.askToReconnect(); // only now does stop() see its channel
        });
    }

    private final class Channel {

        private final UUID runId;
        private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean due = new AtomicBoolean();
        private final AutoCloseable subscription;
        private volatile boolean waits;
        private long shownAt;
        private long largeAt;
        private RunState shownState;
        private List<RunEvaluation> log = List.of();
        private int claim;
        private int spent;

        Channel(UUID runId) {
            this.runId = runId;
            this.subscription = events.watch(runId, this::changed);
        }

        void add(Watcher watcher) {
            watchers.add(watcher);
            watcher.onEnd(() -> remove(watcher));
            changed();
        }

        void queueMoved() {
            if (waits) changed();
        }

        void keepAlive() {
            QuarkusTransaction.requiringNew()
                    .run(() -> watchers.forEach(watcher -> {
                        if (watcher.holdsAccess()) watcher.sendKeepAlive();
                        else watcher.gone(gone());
                    }));
        }

        private void remove(Watcher watcher) {
            watchers.remove(watcher);
            channels.computeIfPresent(runId, (id, channel) -> {
                if (!channel.watchers.isEmpty()) return channel;
                try {
                    channel.subscription.close();
                } catch (Exception e) {
                    LOG.debug("A watch could not be ended.", e);
                }
                return null;
            });
        }

        /** Sends the change at once, or when {@link #PACE} allows. */
        private void changed() {
            if (!due.compareAndSet(false, true)) return;
            long wait = shownAt + PACE.toNanos() - System.nanoTime();
            executor.schedule(this::show, Math.max(0, wait), TimeUnit.NANOSECONDS);
        }

        private void sendEvaluations(List<Watcher> present, List<RunEvaluation> evaluations) {
            if (evaluations.isEmpty()) return;
            int last = evaluations.get(evaluations.size() - 1).id.number();
            Map<Integer, String> rendered = new HashMap<>();
            present.forEach(watcher -> watcher.sendEvaluations(
                    last, after -> rendered.computeIfAbsent(after, a -> points(evaluations, a))));
        }

        /** Interval for the large part, which is sent less often if there are many watchers. */
        private long largePace() {
            return PACE.toNanos() * (1 + watchers.size() / MANY);
        }

        private void showLarge(List<Watcher> present, RunProgress progress) {
            largeAt = System.nanoTime();
            shownState = progress.run().state;
            String html = Templates.live(progress).render();
            Map<Audience, String> heads = new EnumMap<>(Audience.class);
            present.forEach(watcher -> watcher.show(
                    progress, html, heads.computeIfAbsent(watcher.audience(), a -> renderHead(progress, a))));
        }

        private String renderHead(RunProgress progress, Audience audience) {
            return audience == Audience.PROGRAM
                    ? json.valueToTree(RunView.whole(progress.run())).toString()
                    : Templates.head(progress, audience == Audience.OWNER).render();
        }

        /** Reads only new evaluations, unless another worker has taken over or the log was cut. */
        private List<RunEvaluation> log(CompositionRun run) {
            if (run.claim != claim || run.spent < spent) log = List.of();
            claim = run.claim;
            spent = run.spent;
            List<RunEvaluation> fresh = RunEvaluation.of(
                    runId, log.isEmpty() ? 0 : log.get(log.size() - 1).id.number());
            if (!fresh.isEmpty())
                log = Stream.concat(log.stream(), fresh.stream()).toList();
            return log;
        }

        private synchronized void show() {
            due.set(false);
            shownAt = System.nanoTime();
            try {
                // copied before the log is read, so that no watcher who joins meanwhile has more of it; those are
                // updated next time
                List<Watcher> all = List.copyOf(watchers);
                QuarkusTransaction.requiringNew().run(() -> {
                    CompositionRun run = CompositionRun.findById(runId);
                    if (run == null) {
                        watchers.forEach(watcher -> watcher.gone(gone()));
                        return;
                    }
                    waits = run.state == RunState.QUEUED;
                    List<Watcher> present = new ArrayList<>();
                    for (Watcher watcher : all) {
                        if (watcher.sees(run)) present.add(watcher);
                        else watcher.gone(gone());
                    }
                    RunProgress progress = RunProgress.of(run, log(run), clock.now());
                    sendEvaluations(present, progress.evaluations());
                    long wait = run.state == shownState ? largeAt + largePace() - System.nanoTime() : 0;
                    if (wait > 0) executor.schedule(this::changed, wait, TimeUnit.NANOSECONDS);
                    else showLarge(present, progress);
                });
            } catch (RuntimeException e) {
                LOG.warnf(e, "The run %s could not be shown; it will be tried again.", runId);
                executor.schedule(this::changed, KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private static String gone() {
        return Templates.gone().render();
    }

    /** Numbers of the evaluations with their objectives. */
    private String points(List<RunEvaluation> evaluations, int after) {
        ArrayNode points = json.createArrayNode();
        evaluations.stream()
                .filter(e -> e.id.number() > after)
                .forEach(e ->
                        points.addArray().add(e.id.number()).add(e.objective).add(e.cost));
        return points.toString();
    }

    /** The server-sent events of one watcher of a run, and the state sent so far. */
    private static final class Watcher {

        private final MultiEmitter<? super OutboundSseEvent> emitter;
        private final Sse sse;
        private final Audience audience;
        private final RunAccess access;
        private int seen;
        private String shownHead;
        private String shownLive;

        Watcher(
                MultiEmitter<? super OutboundSseEvent> emitter,
                int seen,
                Audience audience,
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
            boolean program = audience == Audience.PROGRAM;
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

        Audience audience() {
            return audience;
        }

        void onEnd(Runnable callback) {
            emitter.onTermination(callback);
        }

        /** Whether the stream ends in this state. Pages keep watching a failed run, because it may be resumed elsewhere. */
        private boolean isOver(RunState state) {
            return state.isEnded() && (state != RunState.FAILED || audience == Audience.PROGRAM);
        }

        /**
         * Reports that the run was deleted or that the watcher may no longer see it. Without this event a browser would
         * reconnect indefinitely.
         */
        void gone(String html) {
            emit(event("gone", audience == Audience.PROGRAM ? "" : html));
            emitter.complete();
        }

        /**
         * Reports that the process is stopping. Another one, or this one after its restart, continues from the last event.
         */
        void askToReconnect() {
            emit(sse.newEventBuilder()
                    .reconnectDelay(RECONNECT_DELAY.toMillis())
                    .comment("the server restarts"));
            emitter.complete();
        }

        /**
         * Sends a keep-alive. Pages must see it to notice a dead connection; programs receive a comment, which they skip.
         */
        void sendKeepAlive() {
            boolean program = audience == Audience.PROGRAM;
            emit(program ? sse.newEventBuilder().comment("still here") : event("beat", "still here"));
        }

        private OutboundSseEvent.Builder event(String name, String data) {
            return sse.newEventBuilder().name(name).data(String.class, data);
        }

        private void emit(OutboundSseEvent.Builder event) {
            emitter.emit(event.build());
        }
    }
}
