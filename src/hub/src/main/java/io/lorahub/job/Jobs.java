package io.lorahub.job;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceCurrentlyExecutingException;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceNotFoundException;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.DeadExecutionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.storage.DatabaseClock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/** The queues of jobs. Changes of a queue are part of the caller's transaction. */
@ApplicationScoped
public class Jobs {

    /** Number of missed heartbeats after which a job is taken from its process; db-scheduler allows no fewer. */
    public static final int MISSED_HEARTBEATS = 4;

    /** The highest priority is 0. */
    public static final int LOWEST_PRIORITY = Short.MIN_VALUE;

    /** Delay for a job that a process took just as it was paused. */
    private static final Duration SHORTLY = Duration.ofMillis(300);

    /** Of histograms: jobs take from milliseconds to hours. */
    private static final Duration[] BUCKETS = Stream.of("PT0.1S", "PT1S", "PT10S", "PT1M", "PT10M", "PT1H")
            .map(Duration::parse)
            .toArray(Duration[]::new);

    private static final String FAILED = "failed";

    /** Names of what the log says of a job. */
    private static final String LOGGED = "job";

    private static final String LOGGED_TRACE = "traceId";

    /** The context of a trace, as a job keeps it: {@code traceparent} of W3C Trace Context. */
    private static final TextMapGetter<String> PARENT = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String parent) {
            return parent == null ? List.of() : List.of("traceparent");
        }

        @Override
        public String get(String parent, String key) {
            return "traceparent".equals(key) ? parent : null;
        }
    };

    private static final Logger LOG = Logger.getLogger(Jobs.class);

    private final DataSource database;
    private final DatabaseClock clock;
    private final Instance<JobHandler> handlers;
    private final Tracer tracer;
    private final Map<JobQueue, SchedulerClient> clients = new EnumMap<>(JobQueue.class);

    Jobs(DataSource database, DatabaseClock clock, @Any Instance<JobHandler> handlers, Tracer tracer) {
        this.handlers = handlers;
        this.tracer = tracer;
        this.database = database;
        this.clock = clock;
        for (JobHandler handler : handlers) { // told as 0 before the first
            losses(handler.kind());
            duration(handler, FAILED);
        }
        for (JobQueue queue : JobQueue.values()) {
            clients.put(
                    queue,
                    SchedulerClient.Builder.create(database)
                            .tableName(queue.table())
                            .enablePriority()
                            .build());
        }
    }

    /** Queues a job before those of lower priority, unless it is queued. */
    public void add(JobQueue queue, String kind, String id, int priority) {
        clients.get(queue)
                .scheduleIfNotExists(
                        new TaskInstance.Builder<String>(kind, id)
                                .data(trace())
                                .priority(Math.max(LOWEST_PRIORITY, priority))
                                .build(),
                        clock.now());
    }

    /** Removes a job that no process has taken yet. */
    public void remove(JobQueue queue, String kind, String id) {
        TaskInstanceId job = TaskInstanceId.of(kind, id);
        SchedulerClient client = clients.get(queue);
        try {
            if (client.getScheduledExecution(job).isPresent()) client.cancel(job);
        } catch (TaskInstanceCurrentlyExecutingException | TaskInstanceNotFoundException e) {
            // a process has just taken it, and its handler will find that there is nothing to do
        }
    }

    /**
     * Takes the jobs of a queue once it is started.
     *
     * @param recurring each done by one of the processes at a time
     */
    @SafeVarargs
    public final Scheduler worker(JobQueue queue, JobPolicy policy, RecurringTask<Void>... recurring) {
        List<Task<?>> tasks = handlers.stream()
                .filter(handler -> handler.queues().contains(queue))
                .<Task<?>>map(handler -> task(handler, policy))
                .toList();
        SchedulerBuilder builder = Scheduler.create(database, tasks)
                .tableName(queue.table())
                .startTasks(List.of(recurring))
                .enablePriority()
                .clock(clock) // one clock for all processes decides which of them are silent
                .threads(policy.threads())
                .pollUsingLockAndFetch(1 - 1.0 / Math.max(2, policy.threads()), 1.0) // one free thread looks for more
                .pollingInterval(policy.poll())
                .heartbeatInterval(policy.heartbeat())
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .failureLogging(LogLevel.DEBUG, true) // retry logs it
                .shutdownMaxWait(policy.shutdown());
        if (policy.process() != null) builder.schedulerName(new SchedulerName.Fixed(policy.process()));
        if (policy.polling() != null) builder.jdbcCustomization(policy.polling());
        return builder.build();
    }

    /** The trace that a job continues when a process has it, or null if nobody traces. */
    private static String trace() {
        Map<String, String> fields = new HashMap<>();
        W3CTraceContextPropagator.getInstance().inject(Context.current(), fields, Map::put);
        return fields.get("traceparent");
    }

    private Task<String> task(JobHandler handler, JobPolicy policy) {
        return Tasks.custom(handler.kind(), String.class)
                .onDeadExecution((complete, operations) -> lost(handler, complete, operations))
                .onFailure((complete, operations) -> retry(handler, complete, operations))
                .execute((job, context) -> place(
                        policy.paused().getAsBoolean() ? JobOutcome.retryAfter(SHORTLY) : observed(handler, job)));
    }

    /** Does a job; its time is in the metrics, its kind and id in the log, and it is a span of the trace in which it was queued. */
    private JobOutcome observed(JobHandler handler, TaskInstance<String> job) {
        Span span = tracer.spanBuilder(handler.kind())
                .setParent(W3CTraceContextPropagator.getInstance().extract(Context.root(), job.getData(), PARENT))
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("lorahub.job.id", job.getId())
                .startSpan();
        MDC.put(LOGGED, "%s %s".formatted(handler.kind(), job.getId()));
        if (span.getSpanContext().isValid())
            MDC.put(LOGGED_TRACE, span.getSpanContext().getTraceId());
        Timer.Sample start = Timer.start();
        String outcome = FAILED;
        try (Scope scope = span.makeCurrent()) {
            JobOutcome answer = handler.run(job.getId());
            outcome = EnumNames.of(answer.place());
            return answer;
        } catch (RuntimeException e) {
            span.recordException(e).setStatus(StatusCode.ERROR);
            throw e;
        } finally {
            span.setAttribute("lorahub.job.outcome", outcome).end();
            start.stop(duration(handler, outcome));
            MDC.remove(LOGGED_TRACE);
            MDC.remove(LOGGED);
        }
    }

    private static Timer duration(JobHandler handler, String outcome) {
        return Timer.builder("lorahub.job.duration")
                .description("Time of a process for a job, by what became of its place in the queue")
                .tags("kind", handler.kind(), "outcome", outcome)
                .serviceLevelObjectives(BUCKETS)
                .register(Metrics.globalRegistry);
    }

    /** Jobs of a kind that were taken back from a process. */
    public static Counter losses(String kind) {
        return Counter.builder("lorahub.job.losses")
                .description("Jobs taken back from a process that was silent for too long")
                .tag("kind", kind)
                .register(Metrics.globalRegistry);
    }

    private CompletionHandler<String> place(JobOutcome outcome) {
        return switch (outcome.place()) {
            case REMOVED -> (complete, operations) -> operations.remove();
            case KEPT -> (complete, operations) -> operations.reschedule(complete, in(outcome.delay()));
            case UNCHANGED -> (complete, operations) -> {};
        };
    }

    private void retry(JobHandler handler, ExecutionComplete complete, ExecutionOperations<String> operations) {
        LOG.warnf(
                complete.getCause().orElse(null),
                "A job (%s) was interrupted and will be tried again.",
                handler.kind());
        int failures = complete.getExecution().consecutiveFailures + 1;
        operations.reschedule(complete, in(handler.retryAfter(failures)));
    }

    private static void lost(JobHandler handler, ExecutionComplete complete, ExecutionOperations<String> operations) {
        losses(handler.kind()).increment();
        try {
            if (handler.lost(complete.getExecution().taskInstance.getId())) {
                new DeadExecutionHandler.ReviveDeadExecution<String>().deadExecution(complete, operations);
            }
        } catch (RuntimeException e) {
            LOG.debugf("Another process was faster to resume a job (%s): %s", handler.kind(), e.getMessage());
        }
    }

    private Instant in(Duration delay) {
        return clock.now().plus(delay);
    }
}
