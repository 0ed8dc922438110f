package io.lorahub.adapter;

import java.util.List;

/**
 * Locks what a deletion takes with it or lets go, until the transaction ends. What others are making of the adapter at
 * that moment comes first and is then found; what comes later finds nothing to refer to.
 */
final class DeletionLocks {

    /**
     * Uploads first, as who publishes a version holds the upload before the adapter. "For update", as Hibernate's own
     * lock lets others go on to refer to the row.
     */
    private static final List<String> IN_ORDER = List.of(
            "select id from upload where adapter_id = ?1 order by id for update",
            "select id from adapter where id = ?1 for update",
            "select id from adapter_version where adapter_id = ?1 order by id for update");

    private DeletionLocks() {}

    static void take(Adapter adapter) {
        for (String lock : IN_ORDER) {
            Adapter.getEntityManager()
                    .createNativeQuery(lock)
                    .setParameter(1, adapter.id)
                    .getResultList();
        }
    }
}
