package io.lorahub.browse.search;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.roaringbitmap.IntConsumer;
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

    private record Result(int total, ListPage.Page page, Map<Facet, List<FacetCount>> counts) {}

    /** @param values maximum number of values per facet, besides the chosen ones; 0 omits the counts */
    public BrowseResult find(BrowseQuery query, int values) {
        Optional<TextMatches> text = query.text().isEmpty()
                ? Optional.empty()
                : Optional.of(texts.find(query.text(), adapters.read(ListedAdapters.Reading::textVersion)));
        Result result = adapters.read(reading -> find(reading, query, text, values));
        List<Cursor> page = result.page().adapters();
        boolean above = result.page().before() > 0;
        return new BrowseResult(
                result.total(),
                result.page().before(),
                rows.listed(page.stream().map(Cursor::id).toList()),
                above && !page.isEmpty() ? Optional.of(page.get(0)) : Optional.empty(),
                result.page().next() && !page.isEmpty() ? Optional.of(page.get(page.size() - 1)) : Optional.empty(),
                result.counts());
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

    private static Result find(
            ListedAdapters.Reading reading, BrowseQuery query, Optional<TextMatches> text, int values) {
        RoaringBitmap matches = matching(reading, query.chosen(), text);
        ListPage cut = new ListPage(query.order(), key(reading, query.order(), text), query.limit());
        ListPage.Page page = query.place()
                .filter(place -> query.back())
                .map(place -> cut.before(matches, place))
                .filter(above -> !above.adapters().isEmpty())
                .orElseGet(() -> cut.after(matches, query.place()));
        return new Result(matches.getCardinality(), page, counts(reading, query, text, matches, values));
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
            RoaringBitmap matches,
            int values) {
        Map<Facet, List<FacetCount>> counts = new EnumMap<>(Facet.class);
        if (values == 0) return counts;
        for (Facet facet : Facet.values()) {
            Set<String> own = query.chosen().getOrDefault(facet, Set.of());
            RoaringBitmap base = own.isEmpty() ? matches : matching(reading, without(query.chosen(), facet), text);
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

    /**
     * Takes one page from a set of adapters without sorting the set: one pass keeps the best entries. This takes about a
     * millisecond for 100,000 adapters and needs no maintained order.
     */
    static final class ListPage {

        /** Sort key of an adapter. */
        interface Key {
            long of(int id);
        }

        /**
         * @param before number of adapters above the first one of the page
         * @param next   whether there are more below
         */
        record Page(List<Cursor> adapters, int before, boolean next) {}

        private final Sort sort;
        private final Key key;
        private final int limit;

        ListPage(Sort sort, Key key, int limit) {
            this.sort = sort;
            this.key = key;
            this.limit = limit;
        }

        /** The first adapters from the top, or below the place. */
        Page after(RoaringBitmap adapters, Optional<Cursor> place) {
            Best best = new Best(limit + 1, false);
            int[] above = new int[1];
            each(adapters, id -> {
                long k = key.of(id);
                if (place.isPresent() && place.get().compare(k, id) >= 0) above[0]++;
                else best.offer(k, id);
            });
            List<Cursor> cursors = best.cursors();
            boolean more = cursors.size() > limit;
            return new Page(more ? cursors.subList(0, limit) : cursors, above[0], more);
        }

        /** The last adapters above the place. */
        Page before(RoaringBitmap adapters, Cursor place) {
            Best best = new Best(limit, true);
            int[] above = new int[1];
            each(adapters, id -> {
                long k = key.of(id);
                if (place.compare(k, id) <= 0) return;
                above[0]++;
                best.offer(k, id);
            });
            List<Cursor> cursors = new ArrayList<>(best.cursors());
            Collections.reverse(cursors);
            return new Page(cursors, above[0] - cursors.size(), true);
        }

        private static void each(RoaringBitmap adapters, IntConsumer action) {
            adapters.forEach(action);
        }

        /** Keeps the first or last entries of all that were offered, in a short sorted array; few offers get into it. */
        private final class Best {

            private final long[] keys;
            private final int[] ids;
            private final int sign;
            private int size;

            Best(int most, boolean last) {
                keys = new long[most];
                ids = new int[most];
                sign = last ? -1 : 1;
            }

            void offer(long k, int id) {
                if (size == keys.length && !above(k, id, size - 1)) return;
                int place = size == keys.length ? size - 1 : size++;
                while (place > 0 && above(k, id, place - 1)) {
                    keys[place] = keys[place - 1];
                    ids[place] = ids[place - 1];
                    place--;
                }
                keys[place] = k;
                ids[place] = id;
            }

            private boolean above(long k, int id, int place) {
                int order = keys[place] != k ? Long.compare(k, keys[place]) : Integer.compare(id, ids[place]);
                return sign * order > 0;
            }

            List<Cursor> cursors() {
                List<Cursor> cursors = new ArrayList<>(size);
                for (int i = 0; i < size; i++) cursors.add(new Cursor(sort, keys[i], ids[i]));
                return cursors;
            }
        }
    }
}
