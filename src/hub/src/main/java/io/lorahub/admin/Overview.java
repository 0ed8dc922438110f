package io.lorahub.admin;

import io.lorahub.job.JobQueue;
import io.lorahub.web.chart.Chart;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What happens on the hub, in a few numbers. */
@ApplicationScoped
public class Overview {

    private static final int DAYS = 30;

    private static final String RUNS_BY_DAY = """
            select (created_at at time zone 'utc')::date - date '1970-01-01', count(*)
              from composition_run
             where (created_at at time zone 'utc')::date > (now() at time zone 'utc')::date - ?1
             group by 1 order by 1""";

    private static final String TOKENS_BY_DAY = """
            select day - date '1970-01-01', sum(tokens)
              from (select day, tokens from generation_day
                    union all
                    select (created_at at time zone 'utc')::date, tokens from generation) all_days
             where day > (now() at time zone 'utc')::date - ?1
             group by 1 order by 1""";

    private final EntityManager database;

    Overview(EntityManager database) {
        this.database = database;
    }

    /**
     * The numbers.
     *
     * @param active  members who were signed in within the last week
     * @param runs    started within the last day
     * @param tokens  read and written for requests of the last day
     * @param failed  uploads of the last day whose checks failed
     * @param waiting jobs that wait
     * @param oldest  the job that waits longest; null if none waits
     * @param runsByDay   of the last 30 days
     * @param tokensByDay the same
     */
    public record Figures(
            long members,
            long active,
            long runs,
            long tokens,
            long failed,
            long waiting,
            Waiting oldest,
            Chart runsByDay,
            Chart tokensByDay) {}

    /** A job that waits. */
    public record Waiting(String queue, Instant since) {}

    Figures figures() {
        List<Waiting> waiting = Stream.of(JobQueue.values())
                .flatMap(queue -> since(queue).stream())
                .toList();
        return new Figures(
                number("select count(*) from person"),
                number(
                        "select count(distinct person_id) from person_session where last_seen_at > now() - interval '7 days'"),
                number("select count(*) from composition_run where created_at > now() - interval '1 day'"),
                number("select coalesce(sum(tokens), 0) from generation where created_at > now() - interval '1 day'"),
                number("select count(*) from upload where state = 'FAILED' and created_at > now() - interval '1 day'"),
                Stream.of(JobQueue.values())
                        .mapToLong(
                                queue -> number("select count(*) from %s where not picked and execution_time <= now()"
                                        .formatted(queue.table())))
                        .sum(),
                waiting.stream().min(Comparator.comparing(Waiting::since)).orElse(null),
                daily("Runs by day", "runs", RUNS_BY_DAY),
                daily("Tokens by day", "tokens", TOKENS_BY_DAY));
    }

    private long number(String sql) {
        return ((Number) database.createNativeQuery(sql).getSingleResult()).longValue();
    }

    private Optional<Waiting> since(JobQueue queue) {
        Instant first = (Instant) database.createNativeQuery(
                        "select min(execution_time) from %s where not picked and execution_time <= now()"
                                .formatted(queue.table()),
                        Instant.class)
                .getSingleResult();
        return Optional.ofNullable(first).map(since -> new Waiting(queue.word(), since));
    }

    private Chart daily(String title, String unit, String sql) {
        List<Object[]> rows = database.createNativeQuery(sql, Object[].class)
                .setParameter(1, DAYS)
                .getResultList();
        List<Chart.Point> points = rows.stream()
                .map(row -> new Chart.Point(((Number) row[0]).doubleValue(), ((Number) row[1]).doubleValue()))
                .toList();
        return Chart.ofDays(title, unit, DAYS, points);
    }
}
