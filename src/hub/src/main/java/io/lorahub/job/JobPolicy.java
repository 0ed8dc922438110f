package io.lorahub.job;

import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import java.time.Duration;

/**
 * How a process takes the jobs of a queue.
 *
 * @param threads number of jobs at a time
 * @param poll how often the queue is looked at
 * @param heartbeat how often this process says that it still does its jobs
 * @param process unique name of this process in the queue; null for one made from host and address
 * @param shutdown how long the end of the process waits for jobs
 * @param polling the statements that take jobs; null to take whatever is due, by priority
 */
public record JobPolicy(
        int threads,
        Duration poll,
        Duration heartbeat,
        String process,
        Duration shutdown,
        PostgreSqlJdbcCustomization polling) {

    private static final Duration SHUTDOWN = Duration.ofSeconds(10);

    public JobPolicy(int threads, Duration poll, Duration heartbeat) {
        this(threads, poll, heartbeat, null, SHUTDOWN, null);
    }

    public JobPolicy ofProcess(String name) {
        return new JobPolicy(threads, poll, heartbeat, name, shutdown, polling);
    }

    public JobPolicy withShutdown(Duration longest) {
        return new JobPolicy(threads, poll, heartbeat, process, longest, polling);
    }

    public JobPolicy withPolling(PostgreSqlJdbcCustomization statements) {
        return new JobPolicy(threads, poll, heartbeat, process, shutdown, statements);
    }
}
