package io.lorahub.generation;

import io.lorahub.composition.RunOwner;
import io.lorahub.database.ChangeEvents;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The states of generations: queued by a web process, taken by a worker, ended by either. */
@ApplicationScoped
public class Generations {

    /** The kind of job. */
    public static final String KIND = "generation";

    /** Signal to workers: a generation can be taken. */
    public static final String DUE = "generations";

    /** What a caller reads if the process that wrote the text has died. */
    public static final String LOST = "The worker that wrote the text has ended. Send the request again.";

    /** Waiting time in seconds that is worth one place in the queue: requests are short, and somebody reads along. */
    private static final double AGEING = 2;

    /** Number of places by which visitors are put behind members. */
    private static final int VISITOR = 4;

    private static final String PLACE = """
            update generation_queue set turn = ?3, base_model_id = ?4, model_bytes = ?5
             where task_name = ?1 and task_instance = ?2 and not picked""";

    private static final String SWEEP = """
            with gone as (delete from generation where created_at < ?1 returning created_at, tokens)
            insert into generation_day (day, requests, tokens)
            select (created_at at time zone 'utc')::date, count(*), sum(tokens) from gone group by 1 order by 1
            on conflict (day) do update set requests = generation_day.requests + excluded.requests,
                                            tokens = generation_day.tokens + excluded.tokens""";

    /** What was written for callers whose web process was gone before the end. */
    private static final String SWEEP_PIECES = """
            delete from generation_piece p using generation g
             where g.id = p.generation_id and g.state = 'ENDED' and g.created_at < ?1""";

    private final GenerationConfig config;
    private final GenerationLimits limits;
    private final Jobs jobs;
    private final ChangeEvents events;
    private final DatabaseClock clock;
    private final EntityManager entities;

    Generations(
            GenerationConfig config,
            GenerationLimits limits,
            Jobs jobs,
            ChangeEvents events,
            DatabaseClock clock,
            EntityManager entities) {
        this.config = config;
        this.limits = limits;
        this.jobs = jobs;
        this.events = events;
        this.clock = clock;
        this.entities = entities;
    }

    /**
     * Queues a request.
     *
     * @param base id of the base model
     * @return what its owner has used of the limits before
     * @throws ProblemException if another request would exceed a limit
     */
    @Transactional
    GenerationLimits.Usage queue(UUID id, RunOwner owner, Long base, GenerationWork work) {
        owner.lock();
        int taken = taken(work);
        GenerationLimits.Usage usage = limits.require(owner, taken);
        Instant now = clock.now();
        GenerationRecord generation = new GenerationRecord();
        generation.id = id;
        generation.person = owner.person().orElse(null);
        generation.network = owner.visitor().orElse(null);
        generation.work = work;
        generation.tokens = taken;
        generation.createdAt = now;
        generation.persistAndFlush();
        jobs.add(JobQueue.GENERATIONS, KIND, id.toString(), 0);
        long places = usage.open() + (generation.person == null ? VISITOR : 0);
        entities.createNativeQuery(PLACE)
                .setParameter(1, KIND)
                .setParameter(2, id.toString())
                .setParameter(3, now.getEpochSecond() + now.getNano() / 1e9 + AGEING * places)
                .setParameter(4, base)
                .setParameter(5, work.baseBytes())
                .executeUpdate();
        events.signal(DUE);
        return usage;
    }

    /** The most tokens that a request can read and have written. */
    static int taken(GenerationWork work) {
        return (int) Math.min(Integer.MAX_VALUE, work.read() + (long) work.texts() * work.maxTokens());
    }

    /**
     * The work of a generation that a worker takes now.
     *
     * @param owner tells callers apart
     */
    public record Taken(GenerationWork work, String owner, boolean begunBefore) {}

    /** Tells the caller of a generation apart; empty if it has ended. */
    @Transactional
    public Optional<String> owner(UUID id) {
        return GenerationRecord.<GenerationRecord>find("id = ?1 and state <> ?2", id, GenerationRecord.State.ENDED)
                .firstResultOptional()
                .map(GenerationRecord::owner);
    }

    /** Empty if it has ended, because its caller has left. */
    @Transactional
    public Optional<Taken> take(UUID id) {
        GenerationRecord generation = locked(id);
        if (generation == null || generation.state == GenerationRecord.State.ENDED) return Optional.empty();
        boolean begunBefore = generation.state == GenerationRecord.State.WRITING;
        generation.state = GenerationRecord.State.WRITING;
        return Optional.of(new Taken(generation.work, generation.owner(), begunBefore));
    }

    /** Those whose callers have left. */
    @Transactional
    public List<UUID> ended(Collection<UUID> ids) {
        return entities.createQuery("select id from GenerationRecord where id in ?1 and state = ?2", UUID.class)
                .setParameter(1, ids)
                .setParameter(2, GenerationRecord.State.ENDED)
                .getResultList();
    }

    /** Ends a generation that a worker has written, or failed to; its caller may be reading the last of it. */
    @Transactional
    public void ended(UUID id, int tokens) {
        GenerationRecord generation = locked(id);
        if (generation != null && generation.state != GenerationRecord.State.ENDED) generation.end(tokens);
    }

    /** Ends a generation for its caller, who has read so much or all of it. A worker that writes it stops. */
    @Transactional
    void end(UUID id, int tokens) {
        GenerationRecord generation = locked(id);
        if (generation == null) return;
        if (generation.state != GenerationRecord.State.ENDED) {
            generation.end(tokens);
            jobs.remove(JobQueue.GENERATIONS, KIND, id.toString());
            events.signal(id.toString());
        }
        entities.createNativeQuery("delete from generation_piece where generation_id = ?1")
                .setParameter(1, id)
                .executeUpdate();
    }

    /** Forgets those that no limit counts any more. */
    @Transactional
    public void sweep() {
        Instant now = clock.now();
        entities.createNativeQuery(SWEEP_PIECES)
                .setParameter(1, now.minus(config.longest()))
                .executeUpdate();
        entities.createNativeQuery(SWEEP)
                .setParameter(1, now.minus(GenerationLimits.DAY))
                .executeUpdate();
    }

    private static GenerationRecord locked(UUID id) {
        return GenerationRecord.findById(id, LockModeType.PESSIMISTIC_WRITE);
    }
}
