package io.lorahub.generation.worker;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.lorahub.composition.model.NoRoomException;
import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.composition.model.WorkerDevice;
import io.lorahub.composition.model.WorkerModels;
import io.lorahub.composition.model.WorkerName;
import io.lorahub.composition.queue.ModelAffinityPolling;
import io.lorahub.composition.worker.Heartbeat;
import io.lorahub.composition.worker.RunExecutor;
import io.lorahub.database.ChangeEvents;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.generation.FinishReason;
import io.lorahub.engine.generation.GeneratedToken;
import io.lorahub.engine.generation.Generation;
import io.lorahub.engine.generation.GenerationListener;
import io.lorahub.engine.generation.GenerationRequest;
import io.lorahub.engine.generation.GeneratorClosedException;
import io.lorahub.engine.generation.Sampling;
import io.lorahub.engine.generation.TextGenerator;
import io.lorahub.engine.model.decoding.MixedAdapter;
import io.lorahub.generation.GenerationConfig;
import io.lorahub.generation.GenerationEvent;
import io.lorahub.generation.GenerationWork;
import io.lorahub.generation.Generations;
import io.lorahub.job.JobHandler;
import io.lorahub.job.JobOutcome;
import io.lorahub.job.JobPolicy;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.lorahub.job.PeriodicTasks;
import io.lorahub.web.Uuids;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Takes requests for texts from their queue and has them written, many at a time, alongside the worker's runs. A request that
 * was begun by a worker that is gone fails: its caller may have read a part of the text already.
 */
@ApplicationScoped
public class GenerationWorker implements JobHandler {

    private static final Logger LOG = Logger.getLogger(GenerationWorker.class);

    private static final Duration SWEEP = Duration.ofMinutes(5);

    /** How long a text is written at most whose caller's leaving wasn't heard of. */
    private static final Duration LEAVERS = Duration.ofSeconds(15);

    /** Delay for a request that was taken just as the worker was drained. */
    private static final Duration SHORTLY = Duration.ofMillis(300);

    /** Delay for a request of a caller who has as many slots here as one can have. */
    private static final Duration NEXT_SLOT = Duration.ofSeconds(1);

    /** One slot in so many is kept from each caller for others. */
    private static final int KEPT = 16;

    /** Time to finish texts at shutdown. */
    private static final Duration LAST = Duration.ofSeconds(10);

    /** What a caller reads if the generator has failed, because of this request or another one. */
    private static final String FAILED =
            "The worker's text generation has failed and begins anew. Send the request again in a moment.";

    private static final int BAD_REQUEST = 400;
    private static final int INTERNAL = 500;
    private static final int UNAVAILABLE = 503;

    private final GenerationConfig config;
    private final WorkerConfig worker;
    private final WorkerName name;
    private final WorkerDevice device;
    private final WorkerModels models;
    private final RunExecutor runs;
    private final Heartbeat heartbeat;
    private final Jobs jobs;
    private final ChangeEvents events;
    private final Generations generations;
    private final LoadedGenerators generators;
    private final GenerationWriter writer;
    private final Slots slots;
    private final Map<UUID, Writing> underWay = new ConcurrentHashMap<>();
    private final PeriodicTasks sweeps = new PeriodicTasks("generation-sweep");
    private Scheduler scheduler;
    private volatile boolean leaving;

    GenerationWorker(
            GenerationConfig config,
            WorkerConfig worker,
            WorkerName name,
            WorkerDevice device,
            WorkerModels models,
            RunExecutor runs,
            Heartbeat heartbeat,
            Jobs jobs,
            ChangeEvents events,
            Generations generations,
            LoadedGenerators generators,
            GenerationWriter writer) {
        this.config = config;
        this.worker = worker;
        this.name = name;
        this.device = device;
        this.models = models;
        this.runs = runs;
        this.heartbeat = heartbeat;
        this.jobs = jobs;
        this.events = events;
        this.generations = generations;
        this.generators = generators;
        this.writer = writer;
        slots = new Slots(config.slots());
    }

    /** How many requests each caller has here. */
    static final class Slots {

        private final int most;
        private final Map<String, Integer> taken = new ConcurrentHashMap<>();

        /** @param all slots of the worker */
        Slots(int all) {
            most = Math.max(1, all - Math.max(1, all / KEPT));
        }

        /** Returns false if the caller has as many as one can have. */
        boolean take(String owner) {
            if (taken.merge(owner, 1, Integer::sum) <= most) return true;
            giveBack(owner);
            return false;
        }

        void giveBack(String owner) {
            taken.computeIfPresent(owner, (key, number) -> number == 1 ? null : number - 1);
        }
    }

    void start(@Observes StartupEvent event) {
        if (!worker.enabled()) return;
        var polling = new ModelAffinityPolling(
                JobQueue.GENERATIONS,
                Generations.KIND,
                name.text(),
                worker.heartbeat().multipliedBy(Jobs.MISSED_HEARTBEATS),
                () -> config.belowRuns() && runs.running() > 0
                        ? 0
                        : device.memory() - config.adapterBytes(), // besides the model itself
                1,
                models::names,
                runs::noRoomFor);
        scheduler = jobs.worker(
                JobQueue.GENERATIONS,
                new JobPolicy(config.slots(), worker.poll(), worker.heartbeat())
                        .ofProcess("generations-" + name.text())
                        .withShutdown(LAST)
                        .withPolling(polling));
        scheduler.start();
        events.follow(this::onNotification);
        sweeps.every(SWEEP, SWEEP, generations::sweep);
        sweeps.every(LEAVERS, LEAVERS, this::cancelEnded);
    }

    private void onNotification(String text) {
        if (text.equals(Generations.DUE) || text.equals(ChangeEvents.ANYTHING)) {
            scheduler.triggerCheckForDueExecutions();
            if (text.equals(ChangeEvents.ANYTHING)) sweeps.soon(this::cancelEnded);
        } else {
            Uuids.parse(text).map(underWay::get).ifPresent(Writing::cancel);
        }
    }

    /** Stops texts whose callers have left, which a notification may have been missed of. */
    private void cancelEnded() {
        Set<UUID> ids = Set.copyOf(underWay.keySet());
        if (ids.isEmpty()) return;
        generations.ended(ids).forEach(id -> {
            Writing writing = underWay.get(id);
            if (writing != null) writing.cancel();
        });
    }

    void stop(@Observes ShutdownEvent event) {
        sweeps.close();
        if (scheduler == null) return;
        leaving = true;
        scheduler.stop();
        generators.close();
    }

    @Override
    public Set<JobQueue> queues() {
        return Set.of(JobQueue.GENERATIONS);
    }

    @Override
    public String kind() {
        return Generations.KIND;
    }

    @Override
    public String title() {
        return "Texts for programs";
    }

    @Override
    public JobOutcome run(String id) {
        if (leaving || heartbeat.isDraining()) return JobOutcome.retryAfter(SHORTLY);
        UUID generation = UUID.fromString(id);
        String owner = generations.owner(generation).orElse(null);
        if (owner == null) return JobOutcome.DONE; // its caller has left
        if (!slots.take(owner)) return JobOutcome.retryAfter(NEXT_SLOT);
        try {
            return run(generation);
        } finally {
            slots.giveBack(owner);
        }
    }

    private JobOutcome run(UUID generation) {
        Generations.Taken taken = generations.take(generation).orElse(null);
        if (taken == null) return JobOutcome.DONE;
        Writing writing = new Writing(generation, taken.work(), taken.owner());
        underWay.put(generation, writing);
        try {
            if (taken.begunBefore()) writing.fail(UNAVAILABLE, Generations.LOST);
            else write(writing);
            writer.finish(generation).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            writing.fail(UNAVAILABLE, Generations.LOST);
            writer.finish(generation);
        } catch (ExecutionException e) {
            LOG.warnf("What was written can't be stored: %s", e.getCause().getMessage());
        } finally {
            underWay.remove(generation);
        }
        generations.ended(generation, writing.tokens());
        return JobOutcome.DONE;
    }

    private void write(Writing writing) throws InterruptedException {
        try (LoadedGenerators.Use use = generators.use(writing.work)) {
            writing.begin(use.generator(), use.mix());
            writing.ended.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("An end has no other outcome.", e);
        } catch (NoRoomException e) {
            writing.fail(UNAVAILABLE, "The worker has %s. Try again later.".formatted(e.clause()));
        } catch (EngineException e) {
            writing.fail(UNAVAILABLE, e.getMessage()); // the model or an adapter can't be opened
        } catch (OutOfMemoryError e) {
            models.clear();
            writing.fail(UNAVAILABLE, "The worker ran out of memory. Try again later.");
        } catch (RuntimeException e) {
            LOG.errorf(e, "The generation %s has failed.", writing.id);
            writing.fail(
                    INTERNAL,
                    "The worker could not write this; the log of the hub says why (generation %s)."
                            .formatted(writing.id));
        }
    }

    /** The texts of one request on their way. Other threads end it, and the generator's reports, so nothing here waits. */
    private final class Writing {

        private final UUID id;
        private final GenerationWork work;
        private final String owner;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private final List<Generation> texts = new CopyOnWriteArrayList<>();
        private final AtomicInteger open;
        private final AtomicInteger written = new AtomicInteger();
        private final AtomicBoolean failed = new AtomicBoolean();
        private volatile boolean cancelled;

        Writing(UUID id, GenerationWork work, String owner) {
            this.id = id;
            this.work = work;
            this.owner = owner;
            this.open = new AtomicInteger(work.texts());
        }

        void begin(TextGenerator generator, List<MixedAdapter> mix) {
            for (int i = 0; i < work.texts(); i++) {
                try {
                    Generation text = generator.submit(request(i, mix), new Listener(i));
                    texts.add(text);
                    if (cancelled) text.cancel();
                } catch (EngineException e) {
                    if (e instanceof GeneratorClosedException) failClosed();
                    else fail(BAD_REQUEST, e.getMessage());
                    close(work.texts() - i); // those that were submitted before still use the adapters
                    return;
                }
            }
        }

        private GenerationRequest request(int text, List<MixedAdapter> mix) {
            Sampling sampling = new Sampling(
                    work.temperature(),
                    work.topP(),
                    work.topK(),
                    work.seed() + text,
                    work.presencePenalty(),
                    work.frequencyPenalty(),
                    work.bias());
            return new GenerationRequest(
                    work.prompts().get(text / work.choices()),
                    mix,
                    work.maxTokens(),
                    sampling,
                    work.stop(),
                    work.alternatives(),
                    owner);
        }

        /** Its caller has left. */
        void cancel() {
            cancelled = true;
            texts.forEach(Generation::cancel);
        }

        /** Read and written. */
        int tokens() {
            return work.prompts().stream().mapToInt(prompt -> prompt.length).sum() + written.get();
        }

        /** Tells the caller once why there is no whole text. */
        void fail(int status, String why) {
            if (failed.compareAndSet(false, true)) writer.add(id, GenerationEvent.failure(status, why));
            cancel();
        }

        private void failClosed() {
            fail(UNAVAILABLE, leaving ? Generations.LOST : FAILED);
        }

        private void close(int number) {
            if (open.addAndGet(-number) == 0) ended.complete(null);
        }

        /** On the generator's thread. */
        private final class Listener implements GenerationListener {

            private final int text;

            Listener(int text) {
                this.text = text;
            }

            @Override
            public void token(GeneratedToken token) {
                written.incrementAndGet();
                if (cancelled) return;
                List<GenerationEvent.Alternative> alternatives = token.alternatives().stream()
                        .map(other -> new GenerationEvent.Alternative(
                                other.token().text(), other.token().partial().orElse(null), other.logProbability()))
                        .toList();
                writer.add(
                        id,
                        GenerationEvent.token(
                                text,
                                token.text(),
                                token.token().text(),
                                token.token().partial().orElse(null),
                                token.logProbability(),
                                alternatives.isEmpty() ? null : alternatives));
            }

            @Override
            public void end(FinishReason reason, String rest) {
                try {
                    if (reason == FinishReason.CANCELLED)
                        fail(UNAVAILABLE, Generations.LOST); // nobody reads it, or we leave
                    else
                        writer.add(
                                id,
                                GenerationEvent.end(text, rest, reason.name().toLowerCase(Locale.ROOT)));
                } finally {
                    close(1);
                }
            }

            @Override
            public void failed(EngineException why) {
                try {
                    if (why.getCause() != null) LOG.errorf(why.getCause(), "The generation %s has failed.", id);
                    if (why instanceof GeneratorClosedException) failClosed();
                    else if (leaving) fail(UNAVAILABLE, Generations.LOST);
                    else fail(INTERNAL, why.getMessage());
                } finally {
                    close(1);
                }
            }
        }
    }
}
