package io.lorahub.testsupport;

import io.lorahub.adapter.Adapter;
import io.quarkus.narayana.jta.QuarkusTransaction;

/** Transactions of the hub that wait for a lock of another. */
public final class LockWaits {

    private LockWaits() {}

    public static long count() {
        return QuarkusTransaction.requiringNew().call(() -> (Long) Adapter.getEntityManager()
                .createNativeQuery(
                        "select count(*) from pg_stat_activity"
                                + " where datname = current_database() and wait_event_type = 'Lock'",
                        Long.class)
                .getSingleResult());
    }
}
