package io.lorahub.adapter.lineage;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Other adapters that a visitor of an adapter's page may want to see. */
@ApplicationScoped
public class RelatedAdapters {

    private static final int SHOWN = 6;

    private final Viewer viewer;

    RelatedAdapters(Viewer viewer) {
        this.viewer = viewer;
    }

    /**
     * @param similarity 1 if both change the model in the same way
     * @param older whether it was published earlier
     */
    public record Twin(String address, String title, double similarity, boolean older) {

        public String href() {
            return "/" + address;
        }
    }

    /**
     * Other adapters visible to the viewer that have a version with nearly the same effect as this one, the most
     * similar first; among equally similar ones, the oldest first.
     */
    public List<Twin> twins(AdapterVersion version) {
        List<Object[]> rows = Adapter.getEntityManager()
                .createNativeQuery("""
                        select p.name || '/' || a.name, a.title, max(d.similarity), a.id < ?3
                        from (select version_id as own, other_id as other, similarity from near_duplicate
                              union all select other_id, version_id, similarity from near_duplicate) d
                          join adapter_version other on other.id = d.other
                          join adapter a on a.id = other.adapter_id join publisher p on p.id = a.publisher_id
                        where d.own = ?1 and a.id <> ?3 and %s
                        group by p.name, a.name, a.title, a.id
                        order by round(cast(100 * max(d.similarity) as numeric)) desc, min(other.id) limit %d""".formatted(Lineages.LISTED, SHOWN), Object[].class)
                .setParameter(1, version.id)
                .setParameter(3, version.adapter.id)
                .setParameter(2, viewer.id().orElse(-1L))
                .getResultList();
        return rows.stream()
                .map(r -> new Twin((String) r[0], (String) r[1], ((Number) r[2]).doubleValue(), (Boolean) r[3]))
                .toList();
    }

    /** Public adapters for the same base model that share a tag, the most downloaded first. */
    public List<Adapter> alike(Adapter adapter) {
        if (adapter.tags.isEmpty()) return List.of();
        List<Long> ids = Adapter.getEntityManager()
                .createNativeQuery("""
                        select adapter_id from listing
                        where facets @> array['base=' || cast(?1 as text)] and facets && cast(?2 as text[]) and adapter_id <> ?3
                        order by downloads desc, adapter_id desc limit ?4""", Long.class)
                .setParameter(1, adapter.baseModel)
                .setParameter(2, adapter.tags.stream().map("tag="::concat).toArray(String[]::new))
                .setParameter(3, adapter.id)
                .setParameter(4, SHOWN)
                .getResultList();
        return Adapter.list(
                "from Adapter a join fetch a.publisher where a.id in ?1 order by a.downloads desc, a.id desc", ids);
    }
}
