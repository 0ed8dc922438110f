package io.lorahub.composition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.learning.Example;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Questions to the workers that are answered in a second or two, beside the runs. Any web process asks, any worker
 * answers, and any web process hears of it.
 */
@ApplicationScoped
public class WorkerTasks {

    private final TaskValidator check;
    private final TaskLimits limits;
    private final TaskQueue queue;
    private final CompatibleAdapters compatible;
    private final RunEvents feed;
    private final ObjectMapper json;
    private final DatabaseClock clock;

    WorkerTasks(
            TaskValidator check,
            TaskLimits limits,
            TaskQueue queue,
            CompatibleAdapters compatible,
            RunEvents feed,
            ObjectMapper json,
            DatabaseClock clock) {
        this.check = check;
        this.limits = limits;
        this.queue = queue;
        this.compatible = compatible;
        this.feed = feed;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Puts a question. Whether the owner may see the run or the adapters that it names is the caller's to know.
     *
     * @throws ProblemException for what nobody can answer, and for too many questions
     */
    @Transactional
    public UUID ask(RunOwner owner, TaskRequest question) {
        check.check(owner, question);
        long ahead = limits.require(owner);
        WorkerTask trial = new WorkerTask();
        trial.id = UUID.randomUUID();
        trial.person = owner.person().orElse(null);
        trial.visitor = owner.visitor().orElse(null);
        trial.network = limits.network(owner).orElse(null);
        trial.run = TaskValidator.run(question)
                .map(id -> CompositionRun.<CompositionRun>findById(id))
                .orElse(null);
        trial.question = json.valueToTree(question);
        trial.createdAt = clock.now();
        trial.expiresAt = trial.createdAt.plus(limits.life());
        trial.persistAndFlush();
        queue.add(trial, question, ahead);
        return trial.id;
    }

    /**
     * Asks which of the public adapters of a base model promise something for a task.
     *
     * @param listed addresses of adapters to try in any case
     */
    @Transactional
    public UUID suggest(RunOwner owner, String baseModel, List<Example> examples, List<String> listed) {
        CompatibleAdapters.Found found = compatible.of(baseModel, listed);
        return ask(owner, new TaskRequest.Suggest(baseModel, examples, found.versions(), found.all()));
    }

    /** Empty while it waits, is worked on, or is gone. */
    public Optional<TaskResult> answer(UUID id) {
        return QuarkusTransaction.requiringNew()
                .call(() -> WorkerTask.<WorkerTask>findByIdOptional(id).flatMap(this::answer));
    }

    /** Empty while it waits or is worked on. */
    Optional<TaskResult> answer(WorkerTask trial) {
        return switch (trial.state) {
            case ASKED, WORKING -> Optional.empty();
            case FAILED -> Optional.of(new TaskResult.Failed(trial.failure));
            case ANSWERED -> {
                try {
                    yield Optional.of(json.treeToValue(trial.answer, TaskResult.class));
                } catch (JsonProcessingException e) {
                    throw new IllegalStateException("The answer of trial %s is not readable.".formatted(trial.id), e);
                }
            }
        };
    }

    /** The answer as soon as it is there; empty if it is not after the time given. Not to be called in a transaction. */
    public Optional<TaskResult> await(UUID id, Duration patience) {
        Semaphore news = new Semaphore(0);
        long end = System.nanoTime() + patience.toNanos();
        AutoCloseable watch = feed.watch(id, news::release);
        try {
            Optional<TaskResult> answer = answer(id);
            while (answer.isEmpty() && news.tryAcquire(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                answer = answer(id);
            }
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            RunEvents.end(watch);
        }
    }

    /** @throws ProblemException not found, also for what somebody else has asked */
    public WorkerTask of(RunOwner owner, UUID id) {
        return WorkerTask.<WorkerTask>findByIdOptional(id)
                .filter(trial -> trial.isOf(owner))
                .orElseThrow(() -> ProblemException.notFound("trial"));
    }
}
