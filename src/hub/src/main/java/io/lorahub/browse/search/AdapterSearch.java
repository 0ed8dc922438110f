package io.lorahub.browse.search;

import io.lorahub.browse.search.Listing.Bounds;
import io.lorahub.browse.search.Listing.CountedPage;
import io.lorahub.browse.search.Listing.Key;
import io.lorahub.browse.search.Listing.Tally;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Answers list queries: filters, counts and orders. Only publicly listed adapters are found, whoever asks. */
@Singleton
public class AdapterSearch {

    /** Rank of the adapter whose address was searched for; no text has more than 1. */
    private static final int BY_ADDRESS = 100;

    /** Rank of words that are elsewhere on the card than in name, title, tags or publisher. Ranking by them would read all of it. */
    private static final double BY_CARD = 0.05;

    /**
     * Of many matches, those with the words in name, title, tags or publisher come first, the most downloaded first. Keys
     * in such a list are downloads plus this for each group below.
     */
    private static final int GROUP_BITS = 48;

    /** Facets of which an adapter has several values. */
    private static final Set<Facet> SEVERAL = EnumSet.of(Facet.TAG, Facet.LANGUAGE, Facet.MODULE);

    private static final Comparator<FacetCount> LARGEST =
            Comparator.comparingInt(FacetCount::count).reversed().thenComparing(FacetCount::value);

    private final DataSource database;
    private final AdapterRows rows;
    private final Bounds bounds;

    @Inject
    AdapterSearch(DataSource database, AdapterRows rows) {
        this(database, rows, Bounds.USUAL);
    }

    AdapterSearch(DataSource database, AdapterRows rows, Bounds bounds) {
        this.database = database;
        this.rows = rows;
        this.bounds = bounds;
    }

    /** @param values maximum number of values per facet, besides the chosen ones; 0 omits the counts */
    public BrowseResult find(BrowseQuery query, int values) {
        return read(listing -> new Search(listing, query).find(values));
    }

    /** The same query with facet values spelt as adapters have them: {@code licence=mit} becomes MIT. */
    public BrowseQuery spelled(BrowseQuery query) {
        if (query.chosen().isEmpty()) return query;
        return read(listing -> {
            Map<Facet, Set<String>> chosen = new EnumMap<>(Facet.class);
            for (Map.Entry<Facet, Set<String>> choice : query.chosen().entrySet()) {
                Facet facet = choice.getKey();
                List<String> known =
                        facet == Facet.SIZE ? ModelSize.labels() : listing.spellings(facet, choice.getValue());
                Set<String> spelled = new TreeSet<>();
                for (String value : choice.getValue()) {
                    spelled.add(
                            known.contains(value)
                                    ? value
                                    : known.stream()
                                            .filter(value::equalsIgnoreCase)
                                            .findFirst()
                                            .orElse(value));
                }
                chosen.put(facet, spelled);
            }
            return query.choosing(chosen);
        });
    }

    /** Number of adapters for each value of a facet, most common first. */
    public List<FacetCount> counts(Facet facet, int most) {
        return read(listing ->
                new Search(listing, BrowseQuery.ALL).ofAll(Set.of(facet), most).get(facet));
    }

    public int count(Facet facet, String value) {
        return read(listing -> listing.counts(facet, List.of(value)).getOrDefault(value, 0));
    }

    /** Number of distinct values among the listed adapters. */
    public int values(Facet facet) {
        return read(listing -> listing.values(facet));
    }

    /** Words of names and titles that resemble this one. */
    List<String> wordsLike(String word, int most) {
        return read(listing -> listing.wordsLike(word, most));
    }

    private interface Reader<T> {
        T read(Listing listing) throws SQLException;
    }

    private <T> T read(Reader<T> reader) {
        return QuarkusTransaction.requiringNew().call(() -> {
            try (Connection connection = database.getConnection()) {
                return reader.read(new Listing(connection, bounds));
            } catch (SQLException e) {
                throw new SearchException("The list of adapters cannot be read.", e);
            }
        });
    }

    private interface Counting {
        Tally of(ListingFilter filter) throws SQLException;
    }

    /** One query while it is answered. */
    private final class Search {

        private final Listing listing;
        private final BrowseQuery query;
        private final Optional<TextQuery> typed;
        private final List<Listing.Model> models;

        /** A {@code tsquery}. */
        private final Optional<String> text;

        private final Optional<Long> named;

        Search(Listing listing, BrowseQuery query) throws SQLException {
            this.listing = listing;
            this.query = query;
            typed = Optional.of(query.text()).filter(t -> !t.isEmpty()).map(TextQuery::of);
            models = listing.models();
            text = typed.isPresent() ? Optional.of(listing.tsquery(typed.get())) : Optional.empty();
            Optional<String> address = typed.flatMap(TextQuery::address);
            named = address.isPresent() ? listing.at(address.get()) : Optional.empty();
        }

        BrowseResult find(int values) throws SQLException {
            ListingFilter all = filter(query.chosen(), text);
            Optional<Integer> known = known();
            Set<Facet> counted = values == 0 ? Set.of() : EnumSet.allOf(Facet.class);
            boolean counting = known.isEmpty() || values > 0 && !all.isEmpty();
            boolean back = query.back() && query.place().isPresent();
            Tally tally = new Tally(0, true, Map.of());
            Optional<List<Cursor>> sorted = Optional.empty();
            if (counting && listing.isRare(all) && !isSlow(all)) {
                int most = byRelevance() ? bounds.counted() : listing.sortable(all);
                CountedPage both = listing.counted(all, counted, key(), most, query.place(), back, query.limit() + 1);
                tally = both.tally();
                sorted = both.page();
                if (sorted.isEmpty()) sorted = Optional.of(inOrder(all, back));
            } else if (counting) {
                tally = tally(query.chosen(), filter -> listing.tally(filter, counted));
            }
            int total = known.orElse(tally.total());
            boolean few = known.map(number -> number <= bounds.counted()).orElse(!tally.more());

            List<Cursor> page = sorted.isPresent() ? sorted.get() : page(all, few, back);
            if (back && page.isEmpty()) {
                back = false;
                page = page(all, few, false);
            }
            boolean further = page.size() > query.limit();
            if (further) page = page.subList(0, query.limit());
            int position = query.place().map(Cursor::position).orElse(0);
            int before = !back ? position : further ? Math.max(0, position - 1 - page.size()) : 0;
            if (back) {
                page = new ArrayList<>(page);
                Collections.reverse(page);
            }
            boolean above = back ? further : query.place().isPresent();
            boolean below = back || further;
            boolean numbered = query.place().isEmpty() || position > 0;

            Set<Facet> bounded = EnumSet.noneOf(Facet.class);
            Map<Facet, List<FacetCount>> counts = values == 0 ? Map.of() : counts(tally, values, bounded);
            listing.end();
            return new BrowseResult(
                    total,
                    known.isEmpty() && tally.more(),
                    before,
                    rows.listed(page.stream().map(Cursor::id).toList()),
                    above && !page.isEmpty()
                            ? Optional.of(page.get(0).at(numbered ? before + 1 : 0))
                            : Optional.empty(),
                    below && !page.isEmpty()
                            ? Optional.of(page.get(page.size() - 1).at(numbered ? before + page.size() : 0))
                            : Optional.empty(),
                    counts,
                    bounded);
        }

        /** The number of adapters in the whole list, where it needs no counting. */
        private Optional<Integer> known() throws SQLException {
            if (text.isPresent() || query.chosen().size() > 1) return Optional.empty();
            if (query.chosen().isEmpty()) return Optional.of(listing.size());
            Facet facet = query.chosen().keySet().iterator().next();
            Set<String> values = query.chosen().get(facet);
            if (SEVERAL.contains(facet) && values.size() > 1) return Optional.empty();
            return Optional.of(listing.counts(facet.stored(), stored(facet, values)).values().stream()
                    .mapToInt(Integer::intValue)
                    .sum());
        }

        private boolean byRelevance() {
            return query.order() == Sort.RELEVANCE && text.isPresent();
        }

        private Key key() {
            if (!byRelevance()) return Key.of(query.order());
            String score = "case when adapter_id = ? then %d else %s + ts_rank(head, ?::tsquery) end"
                    .formatted(BY_ADDRESS, BY_CARD);
            // ten times the downloads are worth a quarter of the match
            return new Key(
                    "(" + score + ") * (1 + 0.25 * log(1 + downloads::double precision))",
                    List.of(named.orElse(-1L), text.get()),
                    Sort.RELEVANCE);
        }

        /** A page, and one adapter more if there is one. */
        private List<Cursor> page(ListingFilter all, boolean few, boolean back) throws SQLException {
            int limit = query.limit() + 1;
            if (few) return listing.sorted(all, key(), query.place(), back, limit);
            return byRelevance()
                    ? groups(all, back, limit)
                    : listing.page(all, query.order(), query.place(), back, limit);
        }

        /** A page of more than can be sorted. */
        private List<Cursor> inOrder(ListingFilter all, boolean back) throws SQLException {
            int limit = query.limit() + 1;
            return byRelevance()
                    ? groups(all, back, limit)
                    : listing.inOrder(all, query.order(), query.place(), back, limit);
        }

        /** The best of so many matches that ranking each would take too long. */
        private List<Cursor> groups(ListingFilter all, boolean back, int limit) throws SQLException {
            List<ListingFilter> groups = new ArrayList<>();
            if (named.isPresent()) groups.add(ListingFilter.of(all.facets()).and("t.adapter_id = ?", named.get()));
            ListingFilter head = ListingFilter.of(all.facets()).and("t.head @@ ?::tsquery", text.get());
            // what is in the head is in the whole text, unless a word must be missing
            if (text.get().contains("!")) head = head.and("t.document @@ ?::tsquery", text.get());
            ListingFilter rest = all.and("not t.head @@ ?::tsquery", text.get());
            groups.add(named.isPresent() ? head.and("t.adapter_id <> ?", named.get()) : head);
            groups.add(named.isPresent() ? rest.and("t.adapter_id <> ?", named.get()) : rest);
            int top = groups.size() - 1;
            int first = query.place()
                    .map(place -> top - (int) Math.max(0, Math.min(top, place.key() >> GROUP_BITS)))
                    .orElse(0);
            List<Cursor> page = new ArrayList<>();
            for (int group = first; group >= 0 && group <= top && page.size() < limit; group += back ? -1 : 1) {
                long base = (long) (top - group) << GROUP_BITS;
                Optional<Cursor> place = group == first
                        ? query.place().map(p -> new Cursor(Sort.DOWNLOADS, p.key() - base, p.id(), 0))
                        : Optional.empty();
                for (Cursor cursor :
                        listing.page(groups.get(group), Sort.DOWNLOADS, place, back, limit - page.size())) {
                    page.add(new Cursor(Sort.RELEVANCE, cursor.key() + base, cursor.id(), 0));
                }
            }
            return page;
        }

        /** Whether there are surely more than can be counted, and many words that begin as the last one does. */
        private boolean isSlow(ListingFilter all) throws SQLException {
            return text.filter(query -> query.contains(":*")).isPresent() && listing.isLong(all);
        }

        /** Where there are surely more, those with the whole words are enough: beginnings of words are far slower to find. */
        private Tally tally(Map<Facet, Set<String>> chosen, Counting counting) throws SQLException {
            ListingFilter all = filter(chosen, text);
            if (isSlow(all)) {
                String words = listing.tsquery(typed.get().withoutBeginning());
                Tally some = counting.of(filter(chosen, Optional.of(words)));
                if (some.more()) return some;
            }
            return counting.of(all);
        }

        private ListingFilter filter(Map<Facet, Set<String>> chosen, Optional<String> text) {
            List<String[]> facets = new ArrayList<>();
            chosen.forEach((facet, values) -> {
                facets.add(stored(facet, values).stream()
                        .map(value -> facet.stored().parameter() + "=" + value)
                        .toArray(String[]::new));
            });
            ListingFilter filter = ListingFilter.of(facets);
            if (text.isEmpty()) return filter;
            return named.isPresent()
                    ? filter.and("(t.document @@ ?::tsquery or t.adapter_id = ?)", text.get(), named.get())
                    : filter.and("t.document @@ ?::tsquery", text.get());
        }

        /** The values as the database has them: of families and sizes, the base models. */
        private Collection<String> stored(Facet facet, Set<String> values) {
            if (!facet.isOfModel()) return values;
            return models.stream()
                    .filter(model -> values.contains(facet == Facet.FAMILY ? model.family() : model.size()))
                    .map(Listing.Model::name)
                    .toList();
        }

        /**
         * Values chosen in a facet do not narrow its own counts, which show the result of choosing another value.
         *
         * @param bounded gets the facets whose counts are lower bounds
         */
        private Map<Facet, List<FacetCount>> counts(Tally tally, int most, Set<Facet> bounded) throws SQLException {
            Map<Facet, List<FacetCount>> counts = new EnumMap<>(Facet.class);
            Set<Facet> ofAll = EnumSet.noneOf(Facet.class);
            for (Facet facet : Facet.values()) {
                Map<Facet, Set<String>> others = new EnumMap<>(Facet.class);
                others.putAll(query.chosen());
                boolean own = others.remove(facet) != null;
                if (others.isEmpty() && text.isEmpty()) {
                    ofAll.add(facet);
                    continue;
                }
                Tally among = own ? tally(others, filter -> listing.tally(filter, facet)) : tally;
                if (among.more()) bounded.add(facet);
                counts.put(facet, counts(facet, among, most));
            }
            if (!ofAll.isEmpty()) counts.putAll(ofAll(ofAll, most));
            return counts;
        }

        private List<FacetCount> counts(Facet facet, Tally tally, int most) {
            Map<String, Integer> counts = new HashMap<>();
            if (facet.isOfModel()) {
                models.forEach(model -> counts.merge(
                        facet == Facet.FAMILY ? model.family() : model.size(),
                        tally.entries().getOrDefault(Facet.BASE.parameter() + "=" + model.name(), 0),
                        Integer::sum));
            } else {
                String prefix = facet.parameter() + "=";
                tally.entries().forEach((entry, count) -> {
                    if (entry.startsWith(prefix)) counts.put(entry.substring(prefix.length()), count);
                });
            }
            return chosenToo(facet, largest(counts, most), counts);
        }

        /** Counts among all adapters, which the database keeps. */
        Map<Facet, List<FacetCount>> ofAll(Set<Facet> facets, int most) throws SQLException {
            Map<Facet, List<FacetCount>> all = new EnumMap<>(Facet.class);
            facets.forEach(facet -> all.put(facet, new ArrayList<>()));
            listing.largest(
                    facets, most, (facet, value, count) -> all.get(facet).add(new FacetCount(value, count)));
            for (Facet facet : facets) {
                Map<String, Integer> counts = new HashMap<>();
                if (facet.isOfModel()) {
                    Map<String, Integer> bases = listing.counts(
                            Facet.BASE, models.stream().map(Listing.Model::name).toList());
                    models.forEach(model -> counts.merge(
                            facet == Facet.FAMILY ? model.family() : model.size(),
                            bases.getOrDefault(model.name(), 0),
                            Integer::sum));
                    all.put(facet, largest(counts, most));
                } else if (query.chosen().containsKey(facet)) {
                    counts.putAll(listing.counts(facet, query.chosen().get(facet)));
                }
                all.put(facet, chosenToo(facet, all.get(facet), counts));
            }
            return all;
        }

        private static List<FacetCount> largest(Map<String, Integer> counts, int most) {
            return counts.entrySet().stream()
                    .filter(count -> count.getValue() > 0)
                    .map(count -> new FacetCount(count.getKey(), count.getValue()))
                    .sorted(LARGEST)
                    .limit(most)
                    .toList();
        }

        private List<FacetCount> chosenToo(Facet facet, List<FacetCount> largest, Map<String, Integer> counts) {
            List<FacetCount> several = new ArrayList<>(largest);
            Set<String> shown = several.stream().map(FacetCount::value).collect(Collectors.toSet());
            for (String value : query.chosen().getOrDefault(facet, Set.of())) {
                if (!shown.contains(value)) several.add(new FacetCount(value, counts.getOrDefault(value, 0)));
            }
            return several;
        }
    }
}
