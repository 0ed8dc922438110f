package io.lorahub.adapter.lineage;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.engine.model.LayerGroups;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
        List<Object[]> parts = parts(version);
        List<Object[]> made = made(version);
        Map<Long, Map<Long, PartWeights>> weights = weights(Stream.concat(parts.stream(), made.stream())
                .map(row -> (Long) row[0])
                .collect(Collectors.toSet()));
        return new Lineage(
                relations(parts, weights).stream()
                        .sorted(Comparator.comparingDouble(
                                part -> -part.weights().contribution()))
                        .toList(),
                run(version),
                relations(made, weights).stream().limit(MOST_MADE).toList(),
                made.size() > MOST_MADE,
                isMadeOfTakenDown(version));
    }

    private List<Object[]> parts(AdapterVersion version) {
        return rows("""
                select vp.version_id, vp.part_id,
                       case when %1$s then p.name || '/' || a.name end, v.label, case when %1$s then a.title end,
                       null, a.state = 'TAKEN_DOWN'
                from version_part vp join adapter_version v on v.id = vp.part_id
                  join adapter a on a.id = v.adapter_id join publisher p on p.id = a.publisher_id
                where vp.version_id = ?1
                order by vp.part_id""".formatted(LISTED), version.id);
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

    private List<Object[]> made(AdapterVersion version) {
        return rows("""
                select vp.version_id, vp.part_id,
                       p.name || '/' || a.name, v.label, a.title, own.label, a.state = 'TAKEN_DOWN'
                from adapter_version own join version_part vp on vp.part_id = own.id
                  join adapter_version v on v.id = vp.version_id
                  join adapter a on a.id = v.adapter_id join publisher p on p.id = a.publisher_id
                where own.adapter_id = ?1 and %s
                order by v.id desc limit %d""".formatted(LISTED, MOST_MADE + 1), version.adapter.id);
    }

    private List<Object[]> rows(String sql, Long id) {
        return database.createNativeQuery(sql, Object[].class)
                .setParameter(1, id)
                .setParameter(2, viewer.id().orElse(-1L))
                .getResultList();
    }

    private static List<Lineage.Relation> relations(List<Object[]> rows, Map<Long, Map<Long, PartWeights>> weights) {
        return rows.stream()
                .map(r -> new Lineage.Relation(
                        (String) r[2],
                        (String) r[3],
                        (String) r[4],
                        weights.get((Long) r[0]).get((Long) r[1]),
                        (String) r[5],
                        (Boolean) r[6]))
                .toList();
    }

    /** The weights of all parts of these versions, by version and part. */
    private Map<Long, Map<Long, PartWeights>> weights(Set<Long> versions) {
        if (versions.isEmpty()) return Map.of();
        List<Object[]> rows = database.createNativeQuery("""
                        select vp.version_id, vp.part_id, vp.weight, own.name, cast(own.weight as double precision)
                        from version_part vp left join lateral jsonb_each_text(vp.group_weights) own(name, weight) on true
                        where vp.version_id in (?1) order by vp.version_id, vp.part_id""", Object[].class)
                .setParameter(1, versions)
                .getResultList();
        Map<Long, Map<Long, Map<String, Double>>> weights = new HashMap<>();
        for (Object[] row : rows) {
            Map<String, Double> own = weights.computeIfAbsent((Long) row[0], version -> new LinkedHashMap<>())
                    .computeIfAbsent((Long) row[1], part -> new LinkedHashMap<>());
            String group = (String) row[3];
            groups(group).forEach(name -> own.putIfAbsent(name, 0.0));
            own.put(group == null ? PartWeights.ALL : group, (Double) row[group == null ? 2 : 4]);
        }
        Map<Long, Double> norms = AdapterVersion.norms(weights.values().stream()
                .flatMap(parts -> parts.keySet().stream())
                .collect(Collectors.toSet()));
        return weights.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, mix -> PartWeights.of(mix.getValue(), norms::get)));
    }

    /**
     * In the groups' order, which JSON in the database doesn't keep.
     *
     * @param one of them; null without groups
     */
    private static List<String> groups(String one) {
        if (one == null) return List.of(PartWeights.ALL);
        return Stream.of(LayerGroups.values())
                .map(LayerGroups::names)
                .filter(names -> names.contains(one))
                .findFirst()
                .orElseThrow();
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
