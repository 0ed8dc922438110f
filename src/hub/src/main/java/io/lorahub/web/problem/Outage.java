package io.lorahub.web.problem;

import io.lorahub.database.DatabaseOutage;
import io.lorahub.storage.object.StoreFullException;
import io.lorahub.storage.object.StoreUnavailableException;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hibernate.exception.JDBCConnectionException;

/** Failures that are not the request's fault: the database or the store does not answer, or is full. */
final class Outage {

    private static final Duration BUSY = Duration.ofSeconds(5);
    private static final Duration DOWN = Duration.ofSeconds(30);

    private static final String BUSY_DATABASE =
            "Too many requests are waiting for the database. Try again in a few seconds.";
    private static final String DATABASE_DOWN = "The database doesn't answer. Try again in a minute.";
    private static final String STORE_DOWN = "The file store doesn't answer. Try again in a minute.";
    private static final String STORE_FULL =
            "The hub has no space left for files. Nothing can be stored until its operator makes room.";

    private Outage() {}

    static Optional<ProblemException> of(Throwable failure) {
        if (failure instanceof StoreFullException || isFullDisk(failure)) return Optional.of(full());
        if (failure instanceof StoreUnavailableException)
            return down("The file store is unavailable", STORE_DOWN, DOWN);
        if (failure instanceof JDBCConnectionException) return databaseDown();
        if (failure instanceof SQLException sql) return database(sql);
        return Optional.empty();
    }

    /** Classifies by PostgreSQL's SQLSTATE classes. */
    private static Optional<ProblemException> database(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        if (state.equals("53300") || isOfPool(failure))
            return down(ProblemType.UNAVAILABLE.headline, BUSY_DATABASE, BUSY);
        boolean resources = state.startsWith("53");
        return DatabaseOutage.isOfConnection(state) || resources ? databaseDown() : Optional.empty();
    }

    /** Agroal's exception has neither a state nor a class of its own. */
    private static boolean isOfPool(SQLException failure) {
        return failure.getSQLState() == null
                && String.valueOf(failure.getMessage()).contains("cquisition timeout");
    }

    /** Our own file system, to which bodies are written, is full. The JDK has no exception class for it. */
    private static boolean isFullDisk(Throwable failure) {
        return failure instanceof IOException
                && String.valueOf(failure.getMessage()).contains("No space left");
    }

    private static Optional<ProblemException> databaseDown() {
        return down("The database is unavailable", DATABASE_DOWN, DOWN);
    }

    private static Optional<ProblemException> down(String headline, String detail, Duration wait) {
        return Optional.of(new ProblemException(
                ProblemType.UNAVAILABLE,
                headline,
                detail,
                List.of(),
                Map.of("Retry-After", Long.toString(wait.toSeconds()))));
    }

    private static ProblemException full() {
        return new ProblemException(
                ProblemType.INSUFFICIENT_STORAGE,
                "The hub is full",
                STORE_FULL,
                List.of(),
                Map.of("Retry-After", "300"));
    }
}
