package io.lorahub.adapter.lineage;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.AdapterVersion;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.UUID;

/** Finds the parts and compositions of adapters. Names only adapters that the viewer would also find in lists. */
@ApplicationScoped
public class Lineages {

    private static final int MOST_MADE = 50;

    /** Whether the viewer, parameter ?2, finds the adapter {@code a} in lists. */
    static final String LISTED = """
            (a.listed
             or exists (select 1 from publisher_member m where m.publisher_id = a.publisher_id and m.person_id = ?2))""";

    private final EntityManager database;
    private final Viewer viewer;

    Lineages(EntityManager database, Viewer viewer) {
        this.database = database;
        this.viewer = viewer;
    }

    public Lineage of(AdapterVersion version) {
        List<Lineage.Relation> made = made(version);
        return new Lineage(
                parts(version),
                run(version),
                made.stream().limit(MOST_MADE).toList(),
                made.size() > MOST_MADE,
                isMadeOfTakenDown(version));
    }

    private List<Lineage.Relation> parts(AdapterVersion version) {
        return relations("""
                select case when %1$s then p.name || '/' || a.name end, v.label, case when %1$s then a.title end,
                       vp.weight, null, a.state = 'TAKEN_DOWN'
                from version_part vp join adapter_version v on v.id = vp.part_id
                  join adapter a on a.id = v.adapter_id join publisher p on p.id = a.publisher_id
                where vp.version_id = ?1
                order by abs(vp.weight) desc, vp.part_id""".formatted(LISTED), version.id);
    }

    private Lineage.Run run(AdapterVersion version) {
        if (version.run == null) return null;
        List<Object[]> rows = database.createNativeQuery("""
                        select id, title from composition_run
                        where id = ?1 and (shared or person_id = ?2)""", Object[].class)
                .setParameter(1, version.run)
                .setParameter(2, viewer.id().orElse(-1L))
                .getResultList();
        return rows.stream()
                .map(r -> new Lineage.Run((UUID) r[0], (String) r[1]))
                .findFirst()
                .orElse(null);
    }

    private List<Lineage.Relation> made(AdapterVersion version) {
        return relations("""
                select p.name || '/' || a.name, v.label, a.title, vp.weight, own.label, a.state = 'TAKEN_DOWN'
                from adapter_version own join version_part vp on vp.part_id = own.id
                  join adapter_version v on v.id = vp.version_id
                  join adapter a on a.id = v.adapter_id join publisher p on p.id = a.publisher_id
                where own.adapter_id = ?1 and %s
                order by v.id desc limit %d""".formatted(LISTED, MOST_MADE + 1), version.adapter.id);
    }

    private List<Lineage.Relation> relations(String sql, Long id) {
        List<Object[]> rows = database.createNativeQuery(sql, Object[].class)
                .setParameter(1, id)
                .setParameter(2, viewer.id().orElse(-1L))
                .getResultList();
        return rows.stream()
                .map(r -> new Lineage.Relation(
                        (String) r[0],
                        (String) r[1],
                        (String) r[2],
                        ((Number) r[3]).doubleValue(),
                        (String) r[4],
                        (Boolean) r[5]))
                .toList();
    }

    private boolean isMadeOfTakenDown(AdapterVersion version) {
        return (Boolean) database.createNativeQuery("""
                        with recursive ancestor(id) as (
                          select part_id from version_part where version_id = ?1
                          union
                          select p.part_id from version_part p join ancestor n on p.version_id = n.id)
                        select exists (select 1 from ancestor n join adapter_version v on v.id = n.id
                          join adapter a on a.id = v.adapter_id where a.state = 'TAKEN_DOWN')""", Boolean.class)
                .setParameter(1, version.id)
                .getSingleResult();
    }
}
