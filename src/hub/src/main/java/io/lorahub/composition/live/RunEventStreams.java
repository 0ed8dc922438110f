package io.lorahub.composition.live;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunAccess;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunState;
import io.lorahub.database.ChangeEvents;
import io.lorahub.job.PeriodicTasks;
import io.lorahub.storage.DatabaseClock;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.smallrye.mutiny.Multi;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.ArrayList;
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

        /** The run's state and buttons. */
        static native TemplateInstance head(RunProgress progress, boolean owner);

        private Templates() {}
    }

    /** Changes within this time are sent together. */
    private static final Duration PACE = Duration.ofMillis(150);

    /** Number of watchers of one run that adds one {@link #PACE} to the interval of the large part. */
    private static final int MANY = 50;

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
        channels.values().forEach(channel -> channel.watchers.forEach(RunWatcher::askToReconnect));
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
            RunWatcher watcher = new RunWatcher(emitter, after, audience, access, sse);
            channels.compute(run, (id, known) -> {
                Channel channel = known == null ? new Channel(run) : known;
                channel.add(watcher);
                return channel;
            });
            if (stopping) watcher.askToReconnect(); // only now does stop() see its channel
        });
    }

    /** @param whole for programs: with the examples, which can be large and never change */
    private record Head(Audience audience, boolean whole) {}

    private final class Channel {

        private final UUID runId;
        private final Set<RunWatcher> watchers = ConcurrentHashMap.newKeySet();
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

        void add(RunWatcher watcher) {
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
                        else watcher.gone();
                    }));
        }

        private void remove(RunWatcher watcher) {
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

        private void sendEvaluations(List<RunWatcher> present, List<RunEvaluation> evaluations) {
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

        private void showLarge(List<RunWatcher> present, RunProgress progress) {
            largeAt = System.nanoTime();
            shownState = progress.run().state;
            String html = Templates.live(progress).render();
            Map<Head, String> heads = new HashMap<>();
            present.forEach(watcher -> watcher.show(
                    progress.run().state,
                    html,
                    (audience, whole) ->
                            heads.computeIfAbsent(new Head(audience, whole), head -> renderHead(progress, head))));
        }

        private String renderHead(RunProgress progress, Head head) {
            if (head.audience != Audience.PROGRAM) {
                return Templates.head(progress, head.audience == Audience.OWNER).render();
            }
            if (head.whole)
                return json.valueToTree(RunView.whole(progress.run())).toString();
            ObjectNode view = json.valueToTree(RunView.withoutExamples(progress.run()));
            ((ObjectNode) view.path("settings")).remove(List.of("examples", "held_out"));
            return view.toString();
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
                List<RunWatcher> all = List.copyOf(watchers);
                QuarkusTransaction.requiringNew().run(() -> {
                    CompositionRun run = CompositionRun.findById(runId);
                    if (run == null) {
                        watchers.forEach(watcher -> watcher.gone());
                        return;
                    }
                    waits = run.state == RunState.QUEUED;
                    List<RunWatcher> present = new ArrayList<>();
                    for (RunWatcher watcher : all) {
                        if (watcher.sees(run)) present.add(watcher);
                        else watcher.gone();
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

    /** Numbers of the evaluations with their objectives. */
    private String points(List<RunEvaluation> evaluations, int after) {
        ArrayNode points = json.createArrayNode();
        evaluations.stream()
                .filter(e -> e.id.number() > after)
                .forEach(e ->
                        points.addArray().add(e.id.number()).add(e.objective).add(e.cost));
        return points.toString();
    }
}
