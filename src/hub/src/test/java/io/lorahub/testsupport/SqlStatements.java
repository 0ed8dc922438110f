package io.lorahub.testsupport;

import jakarta.enterprise.context.ApplicationScoped;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;

/** Counts the SQL statements of some work. */
@ApplicationScoped
public class SqlStatements {

    private static final int TIMES = 3;

    private final Statistics statistics;

    SqlStatements(SessionFactory factory) {
        this.statistics = factory.getStatistics();
    }

    /** The fewest of a few times, as repeated tasks of the hub ask the database meanwhile. */
    public long of(Runnable work) {
        statistics.setStatisticsEnabled(true);
        try {
            long fewest = Long.MAX_VALUE;
            for (int i = 0; i < TIMES; i++) {
                long before = statistics.getPrepareStatementCount();
                work.run();
                fewest = Math.min(fewest, statistics.getPrepareStatementCount() - before);
            }
            return fewest;
        } finally {
            statistics.setStatisticsEnabled(false);
        }
    }
}
