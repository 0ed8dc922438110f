package io.lorahub.browse.search;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.roaringbitmap.RoaringBitmap;

/** Answers list queries: finds, counts and sorts in memory, then reads only the rows of one page. */
@Singleton
public class AdapterSearch {

    private final ListedAdapters adapters;
    private final TextSearch texts;
    private final AdapterRows rows;

    AdapterSearch(ListedAdapters adapters, TextSearch texts, AdapterRows rows) {
        this.adapters = adapters;
        this.texts = texts;
        this.rows = rows;
    }

    private record Found(int total, ListPage.Page page, Map<Facet, List<FacetCount>> counts) {}

    /** @param values maximum number of values per facet, besides the chosen ones; 0 omits the counts */
    public BrowseResult find(BrowseQuery query, int values) {
        Optional<TextMatches> text = query.text().isEmpty()
                ? Optional.empty()
                : Optional.of(texts.find(query.text(), adapters.read(ListedAdapters.Reading::textVersion)));
        Found found = adapters.read(reading -> find(reading, query, text, values));
        List<Cursor> page = found.page().adapters();
        boolean above = found.page().before() > 0;
        return new BrowseResult(
                found.total(),
                found.page().before(),
                rows.listed(page.stream().map(Cursor::id).toList()),
                above && !page.isEmpty() ? Optional.of(page.get(0)) : Optional.empty(),
                found.page().next() && !page.isEmpty() ? Optional.of(page.get(page.size() - 1)) : Optional.empty(),
                found.counts());
    }

    /** The same query with facet values spelt as adapters have them: {@code licence=mit} becomes MIT. */
    public BrowseQuery spelled(BrowseQuery query) {
        if (query.chosen().isEmpty()) return query;
        Map<Facet, Set<String>> chosen = new EnumMap<>(Facet.class);
        adapters.read(reading -> {
            query.chosen().forEach((facet, values) -> {
                Set<String> spelled = new TreeSet<>();
                values.forEach(value -> spelled.add(reading.facets().spelled(facet, value)));
                chosen.put(facet, spelled);
            });
            return chosen;
        });
        return query.choosing(chosen);
    }

    /** Number of adapters for each value of a facet, most common first. */
    public List<FacetCount> counts(Facet facet, int most) {
        return adapters.read(
                reading -> reading.facets().counts(facet, reading.facets().matching(Map.of()), most));
    }

    public int count(Facet facet, String value) {
        return adapters.read(
                reading -> reading.facets().count(facet, value, reading.facets().matching(Map.of())));
    }

    /** Number of distinct values among the listed adapters. */
    public int values(Facet facet) {
        return adapters.read(reading -> reading.facets().values(facet));
    }

    private static Found find(
            ListedAdapters.Reading reading, BrowseQuery query, Optional<TextMatches> text, int values) {
        RoaringBitmap found = matching(reading, query.chosen(), text);
        ListPage cut = new ListPage(query.order(), key(reading, query.order(), text), query.limit());
        ListPage.Page page = query.place()
                .filter(place -> query.back())
                .map(place -> cut.before(found, place))
                .filter(above -> !above.adapters().isEmpty())
                .orElseGet(() -> cut.after(found, query.place()));
        return new Found(found.getCardinality(), page, counts(reading, query, text, found, values));
    }

    private static RoaringBitmap matching(
            ListedAdapters.Reading reading, Map<Facet, Set<String>> chosen, Optional<TextMatches> text) {
        RoaringBitmap matching = reading.facets().matching(chosen);
        return text.map(t -> RoaringBitmap.and(matching, t.all())).orElse(matching);
    }

    private static ListPage.Key key(ListedAdapters.Reading reading, Sort sort, Optional<TextMatches> text) {
        if (sort == Sort.RELEVANCE && text.isPresent()) {
            TextMatches matches = text.get();
            return id -> ListedAdapter.ordered(matches.score(id, reading.key(Sort.DOWNLOADS, id)));
        }
        return id -> reading.key(sort, id);
    }

    /** Values chosen in a facet do not narrow its own counts, which show the result of choosing another value. */
    private static Map<Facet, List<FacetCount>> counts(
            ListedAdapters.Reading reading,
            BrowseQuery query,
            Optional<TextMatches> text,
            RoaringBitmap found,
            int values) {
        Map<Facet, List<FacetCount>> counts = new EnumMap<>(Facet.class);
        if (values == 0) return counts;
        for (Facet facet : Facet.values()) {
            Set<String> own = query.chosen().getOrDefault(facet, Set.of());
            RoaringBitmap base = own.isEmpty() ? found : matching(reading, without(query.chosen(), facet), text);
            List<FacetCount> several = new ArrayList<>(reading.facets().counts(facet, base, values));
            for (String value : own) {
                if (several.stream().noneMatch(count -> count.value().equals(value))) {
                    several.add(new FacetCount(value, reading.facets().count(facet, value, base)));
                }
            }
            counts.put(facet, several);
        }
        return counts;
    }

    private static Map<Facet, Set<String>> without(Map<Facet, Set<String>> chosen, Facet facet) {
        Map<Facet, Set<String>> others = new EnumMap<>(Facet.class);
        others.putAll(chosen);
        others.remove(facet);
        return others;
    }
}
