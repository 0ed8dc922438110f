package io.lorahub.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.database.DatabaseOutage;
import io.lorahub.storage.DatabaseClock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How many jobs of each kind there are. */
@ApplicationScoped
public class JobCounts implements MeterBinder {

    /** Of one queue. */
    private static final String COUNTS = """
            select task_name, count(*) filter (where not picked and execution_time <= now()), count(*) filter (where picked),
                   min(execution_time) filter (where not picked and execution_time <= now())
              from %s group by task_name""";

    private static final String CROWDED =
            "select exists (select from %s where not picked and execution_time < now() - interval '2 seconds')";

    private static final Duration RECENT = Duration.ofSeconds(1);

    private final EntityManager entities;
    private final Instance<JobHandler> handlers;
    private final DatabaseClock clock;
    private final Map<JobQueue, Seen> recent = new EnumMap<>(JobQueue.class);

    private record Seen(List<JobCount> counts, long nanos) {}

    JobCounts(EntityManager entities, @Any Instance<JobHandler> handlers, DatabaseClock clock) {
        this.clock = clock;
        this.entities = entities;
        this.handlers = handlers;
    }

    /**
     * The jobs of one kind in one queue.
     *
     * @param queue its name
     * @param kind name of the kind
     * @param title of the kind, for people
     * @param waiting number of jobs that are due and that no process has taken
     * @param running number of jobs that a process has taken
     * @param waitingSince since when the oldest of them is due; omitted if none is
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record JobCount(String queue, String kind, String title, long waiting, long running, Instant waitingSince) {}

    /** Whether a job of the queue is due for longer than a free process takes to see it. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    public boolean isCrowded(JobQueue queue) {
        return (boolean)
                entities.createNativeQuery(CROWDED.formatted(queue.table())).getSingleResult();
    }

    /** Of all kinds, also of those that have no jobs now. */
    @Transactional
    public List<JobCount> all() {
        return Stream.of(JobQueue.values()).flatMap(this::of).toList();
    }

    private Stream<JobCount> of(JobQueue queue) {
        Map<String, JobHandler> kinds = handlers.stream()
                .filter(handler -> handler.queues().contains(queue))
                .collect(Collectors.toMap(JobHandler::kind, handler -> handler));
        List<JobCount> counts = new ArrayList<>();
        for (Object row :
                entities.createNativeQuery(COUNTS.formatted(queue.table())).getResultList()) {
            Object[] columns = (Object[]) row;
            JobHandler handler = kinds.remove((String) columns[0]);
            if (handler == null) continue; // recurring ones have no jobs
            counts.add(new JobCount(
                    queue.word(),
                    handler.kind(),
                    handler.title(),
                    ((Number) columns[1]).longValue(),
                    ((Number) columns[2]).longValue(),
                    (Instant) columns[3]));
        }
        kinds.values()
                .forEach(
                        handler -> counts.add(new JobCount(queue.word(), handler.kind(), handler.title(), 0, 0, null)));
        counts.sort(Comparator.comparing(JobCount::kind));
        return counts.stream();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (JobQueue queue : JobQueue.values()) {
            for (JobHandler handler : handlers) {
                if (!handler.queues().contains(queue)) continue;
                gauge(registry, queue, handler, "waiting", JobCount::waiting);
                gauge(registry, queue, handler, "running", JobCount::running);
                Gauge.builder("lorahub.job.oldest", () -> now(queue, handler.kind(), this::age))
                        .description("Time since the oldest waiting job is due; 0 if none waits")
                        .baseUnit("seconds")
                        .tags("queue", queue.word(), "kind", handler.kind())
                        .register(registry);
            }
        }
    }

    private long age(JobCount count) {
        if (count.waitingSince() == null) return 0;
        return Math.max(0, Duration.between(count.waitingSince(), clock.now()).toSeconds());
    }

    /** All metrics of a queue come from one look at it. */
    private synchronized double now(JobQueue queue, String kind, ToLongFunction<JobCount> count) {
        if (DatabaseOutage.HERE.isOn()) return Double.NaN; // other metrics don't wait for it
        Seen seen = recent.get(queue);
        if (seen == null || System.nanoTime() - seen.nanos > RECENT.toNanos()) {
            List<JobCount> counts =
                    QuarkusTransaction.requiringNew().call(() -> of(queue).toList());
            seen = new Seen(counts, System.nanoTime());
            recent.put(queue, seen);
        }
        return seen.counts.stream()
                .filter(of -> of.kind().equals(kind))
                .mapToLong(count)
                .sum();
    }

    private void gauge(
            MeterRegistry registry, JobQueue queue, JobHandler handler, String state, ToLongFunction<JobCount> count) {
        String kind = handler.kind();
        Gauge.builder("lorahub.jobs", () -> now(queue, kind, count))
                .description("Jobs by queue, kind and state")
                .tags("queue", queue.word(), "kind", kind, "state", state)
                .register(registry);
    }
}
