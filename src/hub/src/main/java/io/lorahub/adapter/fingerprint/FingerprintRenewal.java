package io.lorahub.adapter.fingerprint;

import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/** Renews stored fingerprints in the background after a release that changes how similar adapters are found. */
@ApplicationScoped
public class FingerprintRenewal {

    private static final Logger LOG = Logger.getLogger(FingerprintRenewal.class);

    /** Key of PostgreSQL's advisory lock; an arbitrary number that nothing else locks. */
    static final int LOCK = 0x66696e67;

    private final Duplicates duplicates;
    private final DataSource database;
    private final Vertx vertx;

    FingerprintRenewal(Duplicates duplicates, DataSource database, Vertx vertx) {
        this.duplicates = duplicates;
        this.database = database;
        this.vertx = vertx;
    }

    void start(@Observes StartupEvent event) {
        Callable<Integer> renewal = this::renewAll;
        vertx.executeBlocking(renewal, false)
                .onFailure(e -> LOG.warn(
                        "Fingerprints of an older release could not be renewed; the next start tries it again.", e));
    }

    /** @return number of renewed fingerprints; 0 if another process renews them */
    int renewAll() throws SQLException {
        int all = 0;
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            if (!isTrue(statement, "select pg_try_advisory_lock(%d)")) return 0;
            try {
                for (int some = duplicates.renew(); some > 0; some = duplicates.renew()) all += some;
            } finally {
                isTrue(statement, "select pg_advisory_unlock(%d)");
            }
        }
        if (all > 0) LOG.infof("%d fingerprints of an older release were renewed.", all);
        return all;
    }

    private static boolean isTrue(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query.formatted(LOCK))) {
            return row.next() && row.getBoolean(1);
        }
    }
}
