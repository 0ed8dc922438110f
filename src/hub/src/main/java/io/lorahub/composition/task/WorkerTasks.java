package io.lorahub.composition.task;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.database.ChangeEvents;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Uuids;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Tasks that take workers a second or two, alongside runs. Any web process can ask, any worker can answer, and every
 * web process is notified. Runs have a separate queue, so that neither an hour-long search nor an export that takes minutes delays
 * a prediction.
 */
@ApplicationScoped
public class WorkerTasks {

    /** The kind of job. */
    public static final String KIND = "task";

    /** Number of places by which visitors' tasks are put behind those of members. */
    private static final int VISITOR = 1000;

    private static final String COMPATIBLE = """
             from AdapterVersion v join v.adapter a
            where a.listed and a.derivatives and a.baseModel = :base
              and v.number = (select max(w.number) from AdapterVersion w where w.adapter = a)
              and size(v.files) > 0""";

    private final TaskValidator check;
    private final TaskLimits limits;
    private final Jobs jobs;
    private final TaskConfig config;
    private final ChangeEvents events;
    private final DatabaseClock clock;

    WorkerTasks(
            TaskValidator check,
            TaskLimits limits,
            Jobs jobs,
            TaskConfig config,
            ChangeEvents events,
            DatabaseClock clock) {
        this.check = check;
        this.limits = limits;
        this.jobs = jobs;
        this.config = config;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Queues a task. The caller must check that the owner may see the run or the adapters that it names.
     *
     * @throws ProblemException if the request cannot be answered, or there are too many requests
     */
    @Transactional
    public UUID ask(RunOwner owner, TaskRequest question) {
        check.check(owner, question);
        long ahead = limits.require(owner, question);
        WorkerTask task = new WorkerTask();
        task.id = UUID.randomUUID();
        task.person = owner.person().orElse(null);
        task.visitor = owner.visitor().orElse(null);
        task.network = limits.network(owner).orElse(null);
        task.run = TaskValidator.run(question)
                .map(run -> CompositionRun.<CompositionRun>findById(run))
                .orElse(null);
        task.question = question;
        task.createdAt = clock.now();
        task.expiresAt = task.createdAt.plus(config.life());
        task.persistAndFlush();
        // each task of the same owner before it puts it one place back
        long places = ahead + (task.person == null ? VISITOR : 0);
        JobQueue queue = question.makesFiles() ? JobQueue.EXPORTS : JobQueue.TASKS;
        jobs.add(queue, KIND, task.id.toString(), (int) -Math.min(-Jobs.LOWEST_PRIORITY, places));
        return task.id;
    }

    /**
     * Asks which public adapters of a base model are promising for a task.
     *
     * @param task   the examples and the prompt format; nothing else of it is used
     * @param listed addresses of adapters to try in any case
     */
    @Transactional
    public UUID suggest(RunOwner owner, String baseModel, RunSpec task, List<String> listed) {
        Compatible compatible = compatible(baseModel, listed);
        return ask(
                owner,
                new TaskRequest.Suggest(
                        baseModel,
                        task.examples(),
                        compatible.versions(),
                        compatible.all(),
                        task.prompt(),
                        task.system()));
    }

    /**
     * The adapters of the hub that can be composed with each other on a base model.
     *
     * @param versions ids of the newest versions, the requested ones first, then the recently most popular
     * @param all      number of all such adapters, including those beyond the limit
     */
    record Compatible(List<Long> versions, long all) {}

    /**
     * Finds compatible adapters.
     *
     * @param baseModel name of the base model
     * @param asked     addresses of adapters to include in any case, with or without a version
     */
    Compatible compatible(String baseModel, List<String> asked) {
        List<String> first = new ArrayList<>(List.of("")); // IN () is invalid SQL
        asked.forEach(address -> first.add(address.replaceFirst("@.*", "")));
        List<Long> versions = WorkerTask.getEntityManager()
                .createQuery(
                        "select v.id" + COMPATIBLE
                                + " order by case when concat(a.publisher.name, '/', a.name) in :first then 0 else 1 end,"
                                + " a.trend desc, a.likes desc, a.id",
                        Long.class)
                .setParameter("first", first)
                .setParameter("base", baseModel)
                .setMaxResults(config.suggestions())
                .getResultList();
        Long all = WorkerTask.getEntityManager()
                .createQuery("select count(v)" + COMPATIBLE, Long.class)
                .setParameter("base", baseModel)
                .getSingleResult();
        return new Compatible(versions, all);
    }

    /** Number of public adapters that could be composed with a run's candidates and aren't among them. */
    public long others(CompositionRun run) {
        List<Long> candidates = new ArrayList<>(List.of(-1L)); // IN () is invalid SQL
        run.versions().forEach(version -> candidates.add(version.adapter.id));
        return WorkerTask.getEntityManager()
                .createQuery("select count(v)" + COMPATIBLE + " and a.id not in :candidates", Long.class)
                .setParameter("base", run.baseModel.name)
                .setParameter("candidates", candidates)
                .getSingleResult();
    }

    /** The answer; empty while the task is queued or being processed, and once it has expired. */
    public Optional<TaskResult> answer(UUID id) {
        return QuarkusTransaction.requiringNew()
                .call(() -> WorkerTask.<WorkerTask>findByIdOptional(id).flatMap(this::answer));
    }

    /** The answer; empty while the task is queued or being processed. */
    public Optional<TaskResult> answer(WorkerTask task) {
        return switch (task.state) {
            case ASKED, WORKING -> Optional.empty();
            case FAILED -> Optional.of(new TaskResult.Failed(task.failure));
            case ANSWERED -> Optional.of(task.answer);
        };
    }

    /** Waits for the answer; empty if it does not arrive in time. Do not call this in a transaction. */
    public Optional<TaskResult> await(UUID id, Duration patience) {
        Semaphore news = new Semaphore(0);
        long end = System.nanoTime() + patience.toNanos();
        AutoCloseable watch = events.watch(id, news::release);
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
            ChangeEvents.end(watch);
        }
    }

    /**
     * A task about a run.
     *
     * @param asked its id; empty, like the result, if it is gone or belongs to someone else
     */
    public Optional<WorkerTask> ofRun(Optional<RunOwner> owner, CompositionRun run, Optional<String> asked) {
        return asked.flatMap(Uuids::parse)
                .flatMap(id -> WorkerTask.<WorkerTask>findByIdOptional(id))
                .filter(task -> task.run != null && task.run.id.equals(run.id))
                .filter(task -> owner.map(task::isOf).orElse(false));
    }

    /** @throws ProblemException not found, also if the task belongs to another owner */
    public WorkerTask of(RunOwner owner, UUID id) {
        return WorkerTask.<WorkerTask>findByIdOptional(id)
                .filter(task -> task.isOf(owner))
                .orElseThrow(() -> ProblemException.notFound("task"));
    }
}
