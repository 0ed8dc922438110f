package io.lorahub.job;

import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * How a process takes the jobs of a queue.
 *
 * @param threads number of jobs at a time
 * @param poll how often the queue is looked at
 * @param heartbeat how often this process says that it still does its jobs
 * @param process unique name of this process in the queue; null for one made from host and address
 * @param shutdown how long the end of the process waits for jobs
 * @param paused whether jobs that were taken just now wait for another process
 * @param polling the statements that take jobs; null to take whatever is due, by priority
 */
public record JobPolicy(
        int threads,
        Duration poll,
        Duration heartbeat,
        String process,
        Duration shutdown,
        BooleanSupplier paused,
        PostgreSqlJdbcCustomization polling) {

    private static final Duration SHUTDOWN = Duration.ofSeconds(10);

    public JobPolicy(int threads, Duration poll, Duration heartbeat) {
        this(threads, poll, heartbeat, null, SHUTDOWN, () -> false, null);
    }

    public JobPolicy ofProcess(String name) {
        return new JobPolicy(threads, poll, heartbeat, name, shutdown, paused, polling);
    }

    public JobPolicy withShutdown(Duration longest) {
        return new JobPolicy(threads, poll, heartbeat, process, longest, paused, polling);
    }

    public JobPolicy pausedWhile(BooleanSupplier condition) {
        return new JobPolicy(threads, poll, heartbeat, process, shutdown, condition, polling);
    }

    public JobPolicy withPolling(PostgreSqlJdbcCustomization statements) {
        return new JobPolicy(threads, poll, heartbeat, process, shutdown, paused, statements);
    }

    /** Leaves jobs of other kinds to other processes. */
    public JobPolicy onlyOf(String... kinds) {
        return withPolling(new OnlyOf(List.of(kinds)));
    }

    private static final class OnlyOf extends PostgreSqlJdbcCustomization {

        private final String names;

        OnlyOf(List<String> kinds) {
            super(true, false);
            names = kinds.stream().map("'%s'"::formatted).collect(Collectors.joining(", "));
        }

        @Override
        public String createGenericSelectForUpdateQuery(
                String table, int limit, String condition, boolean orderByPriority) {
            String own = "%s and task_name in (%s) ".formatted(condition, names);
            return super.createGenericSelectForUpdateQuery(table, limit, own, orderByPriority);
        }
    }
}
