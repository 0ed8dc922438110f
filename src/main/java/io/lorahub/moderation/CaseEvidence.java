package io.lorahub.moderation;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import jakarta.persistence.EntityManager;
import java.util.List;

/** What the database knows against an adapter. */
final class CaseEvidence {

    private CaseEvidence() {}

    /** Of other publishers and public, as others' hidden adapters are nobody's evidence; the most similar first. */
    static List<CaseFile.Lookalike> lookalikes(Adapter adapter) {
        @SuppressWarnings("unchecked")
        List<Object[]> rows = database()
                .createNativeQuery("""
                        select n.version_id, n.other_id, n.similarity from near_duplicate n
                          join adapter_version v on v.id = n.version_id
                          join adapter_version o on o.id = n.other_id
                          join adapter b on b.id = o.adapter_id
                        where v.adapter_id = ?1 and b.publisher_id <> ?2 and b.visibility = 'PUBLIC'
                        order by n.similarity desc, n.other_id limit 5""", Object[].class)
                .setParameter(1, adapter.id)
                .setParameter(2, adapter.publisher.id)
                .getResultList();
        return rows.stream()
                .map(row -> new CaseFile.Lookalike(version(row[0]), version(row[1]), ((Number) row[2]).doubleValue()))
                .toList();
    }

    /** Adapters that were taken down and are parts of a version of it. */
    static List<Adapter> lostParts(Adapter adapter) {
        @SuppressWarnings("unchecked")
        List<Long> ids = database()
                .createNativeQuery("""
                        select distinct b.id from version_part p
                          join adapter_version v on v.id = p.version_id
                          join adapter_version o on o.id = p.part_id
                          join adapter b on b.id = o.adapter_id
                        where v.adapter_id = ?1 and b.state = 'TAKEN_DOWN'""", Long.class)
                .setParameter(1, adapter.id)
                .getResultList();
        return ids.isEmpty()
                ? List.of()
                : Adapter.list("from Adapter a join fetch a.publisher where a.id in ?1 order by a.id", ids);
    }

    private static AdapterVersion version(Object id) {
        return AdapterVersion.find(
                        "from AdapterVersion v join fetch v.adapter a join fetch a.publisher where v.id = ?1",
                        ((Number) id).longValue())
                .firstResult();
    }

    private static EntityManager database() {
        return Adapter.getEntityManager();
    }
}
