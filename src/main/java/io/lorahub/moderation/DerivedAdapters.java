package io.lorahub.moderation;

import io.lorahub.adapter.Adapter;
import jakarta.persistence.EntityManager;
import java.util.List;

/** What was composed of what, through any number of steps. */
final class DerivedAdapters {

    private DerivedAdapters() {}

    /** Adapters with a version of which some version of this one is a part, directly or through others. */
    static List<Adapter> from(Adapter adapter) {
        EntityManager database = Adapter.getEntityManager();
        @SuppressWarnings("unchecked")
        List<Long> ids = database.createNativeQuery("""
                        with recursive made(version_id) as (
                          select p.version_id from version_part p
                            join adapter_version v on v.id = p.part_id where v.adapter_id = ?1
                          union
                          select p.version_id from version_part p join made m on p.part_id = m.version_id)
                        select distinct v.adapter_id from made m join adapter_version v on v.id = m.version_id
                          where v.adapter_id <> ?1""", Long.class)
                .setParameter(1, adapter.id)
                .getResultList();
        return ids.isEmpty()
                ? List.of()
                : Adapter.list("from Adapter a join fetch a.publisher where a.id in ?1 order by a.id", ids);
    }
}
