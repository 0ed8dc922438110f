package io.lorahub.testsupport;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.LongSupplier;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;

/** Counts the SQL statements of some work, and what they read. */
@ApplicationScoped
public class SqlStatements {

    private static final int TIMES = 3;

    private final Statistics statistics;

    SqlStatements(SessionFactory factory) {
        this.statistics = factory.getStatistics();
    }

    /** The fewest of a few times, as repeated tasks of the hub ask the database meanwhile. */
    public long of(Runnable work) {
        return fewest(work, statistics::getPrepareStatementCount);
    }

    /** Number of entities of a type that some work reads with all their columns; the fewest of a few times. */
    public long loaded(Class<?> entity, Runnable work) {
        return fewest(
                work, () -> statistics.getEntityStatistics(entity.getName()).getLoadCount());
    }

    private long fewest(Runnable work, LongSupplier count) {
        statistics.setStatisticsEnabled(true);
        try {
            long fewest = Long.MAX_VALUE;
            for (int i = 0; i < TIMES; i++) {
                long before = count.getAsLong();
                work.run();
                fewest = Math.min(fewest, count.getAsLong() - before);
            }
            return fewest;
        } finally {
            statistics.setStatisticsEnabled(false);
        }
    }
}
