package io.lorahub.composition;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.composition.ComposeForm.Candidate;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds adapters that could become candidates, and shows those that are listed. */
@ApplicationScoped
public class CandidateFinder {

    private static final String LISTED =
            "a.visibility = 'PUBLIC' and a.state <> 'TAKEN_DOWN'" + " and (a.base_model = :base or :base = '')";

    private final EntityManager entities;
    private final AdapterRights rights;

    CandidateFinder(EntityManager entities, AdapterRights rights) {
        this.entities = entities;
        this.rights = rights;
    }

    /** A tag, and how many adapters have it. */
    public record Tag(String name, long count) {}

    /**
     * A listed candidate as the page shows it.
     *
     * @param adapter empty where there is none (any more) that the viewer may see
     */
    public record Row(Candidate candidate, Optional<Adapter> adapter, boolean fits) {}

    /** @param baseModel by name; empty for any */
    public List<String> withText(String baseModel, String text, int most) {
        return addresses(
                "select p.name || '/' || a.name from adapter a join publisher p on p.id = a.publisher_id"
                        + " join adapter_text t on t.adapter_id = a.id where " + LISTED
                        + " and (t.document @@ websearch_to_tsquery('hub', :what) or a.name = lower(:what)"
                        + " or p.name || '/' || a.name = lower(:what))"
                        + " order by ts_rank(t.document, websearch_to_tsquery('hub', :what)) desc, a.downloads desc, a.id",
                baseModel,
                text.strip(),
                most);
    }

    /** @param baseModel by name; empty for any */
    public List<String> withTag(String baseModel, String tag, int most) {
        return addresses(
                "select p.name || '/' || a.name from adapter a join publisher p on p.id = a.publisher_id where "
                        + LISTED + " and cast(:what as text) = any (a.tags) order by a.downloads desc, a.id",
                baseModel,
                tag,
                most);
    }

    @SuppressWarnings("unchecked")
    private List<String> addresses(String sql, String baseModel, String what, int most) {
        return entities.createNativeQuery(sql, String.class)
                .setParameter("base", baseModel)
                .setParameter("what", what)
                .setMaxResults(most)
                .getResultList();
    }

    /** The most frequent ones among adapters of a base model. */
    @SuppressWarnings("unchecked")
    public List<Tag> tags(String baseModel) {
        List<Object[]> rows = entities.createNativeQuery(
                        "select tag, count(*) from adapter a, unnest(a.tags) tag where " + LISTED
                                + " group by tag order by count(*) desc, tag limit 60")
                .setParameter("base", baseModel)
                .getResultList();
        return rows.stream()
                .map(row -> new Tag((String) row[0], ((Number) row[1]).longValue()))
                .toList();
    }

    /** @param baseModel that they have to fit; empty for that of the first chosen one */
    public List<Row> rows(List<Candidate> candidates, String baseModel) {
        Map<String, Adapter> adapters =
                Adapter.at(candidates.stream()
                                .map(candidate -> withoutVersion(candidate.address()))
                                .toList())
                        .stream()
                        .filter(rights::maySee)
                        .collect(Collectors.toMap(Adapter::address, adapter -> adapter));
        List<Row> rows = candidates.stream()
                .map(c -> new Row(c, Optional.ofNullable(adapters.get(withoutVersion(c.address()))), true))
                .toList();
        String wanted = baseModel.isEmpty()
                ? rows.stream()
                        .filter(row -> row.candidate().chosen())
                        .flatMap(row -> row.adapter().stream())
                        .findFirst()
                        .map(adapter -> adapter.baseModel)
                        .orElse("")
                : baseModel;
        return rows.stream()
                .map(row -> new Row(
                        row.candidate(),
                        row.adapter(),
                        wanted.isEmpty()
                                || row.adapter()
                                        .map(a -> a.baseModel.equals(wanted))
                                        .orElse(true)))
                .toList();
    }

    private static String withoutVersion(String text) {
        int at = text.indexOf('@');
        return (at < 0 ? text : text.substring(0, at)).toLowerCase(Locale.ROOT);
    }
}
