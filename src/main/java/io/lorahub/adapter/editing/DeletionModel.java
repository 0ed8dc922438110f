package io.lorahub.adapter.editing;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;

/**
 * Lists what a deletion removes and affects.
 *
 * @param changed whether the adapter has changed since the page with the deletion button was opened
 * @param compositions versions of other adapters that have a version of it as a part
 * @param runs that have a version of it as a candidate
 */
public record DeletionModel(Adapter adapter, boolean changed, long versions, long compositions, long runs) {

    static DeletionModel of(Adapter adapter, boolean changed) {
        return new DeletionModel(
                adapter, changed, AdapterVersion.count("adapter", adapter), count(adapter, """
                        select count(distinct p.version_id) from version_part p
                          join adapter_version v on v.id = p.part_id
                          join adapter_version made on made.id = p.version_id
                        where v.adapter_id = ?1 and made.adapter_id <> ?1"""), count(adapter, """
                        select count(distinct c.run_id) from composition_candidate c
                          join adapter_version v on v.id = c.version_id where v.adapter_id = ?1"""));
    }

    private static long count(Adapter adapter, String sql) {
        return (Long) Adapter.getEntityManager()
                .createNativeQuery(sql, Long.class)
                .setParameter(1, adapter.id)
                .getSingleResult();
    }
}
