package io.lorahub.browse.search;

import io.lorahub.browse.search.ListingPlan.Access;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tables {@code listing} and {@code facet_count}, which the database keeps in step with the adapters (V85), on one
 * connection. No query takes longer the more adapters there are, unless it says so.
 */
final class Listing {

    /**
     * Maximum numbers of adapters that a query reads one by one.
     *
     * @param counted and ranked; of larger lists, only the number of all with one value is known, which the database keeps
     * @param sampled for the counts of one facet, where there are surely too many to be counted
     * @param tried   in the order of a list: where fewer than a page of them match, all matches are few enough to be sorted
     */
    record Bounds(int counted, int sampled, int tried) {

        static final Bounds USUAL = new Bounds(1000, 250, 5000);
    }

    /** What a smaller part has is sorted faster than it is found in the order of a list. */
    private static final double RARE = 0.005;

    private static final double RARE_TEXT = 0.01;

    /** The planner's estimate is this many times too high at most, usually. */
    private static final int SURELY_MORE = 3;

    private static final int ALL = Integer.MAX_VALUE;

    private final ListingPlan plan;
    private final Bounds bounds;

    /** @param connection in a transaction */
    Listing(Connection connection, Bounds bounds) throws SQLException {
        this.plan = new ListingPlan(connection);
        this.bounds = bounds;
    }

    /**
     * What lists are ordered by, the greatest first.
     *
     * @param sql an expression on {@code listing} or, with a text, {@code adapter_text}
     */
    record Key(String sql, List<Object> arguments, Sort sort) {

        static Key of(Sort sort) {
            return new Key(sort.column(), List.of(), sort);
        }

        /** An argument that compares with the expression. */
        private Object argument(long key) {
            return switch (sort) {
                case TRENDING, RELEVANCE -> Cursor.number(key);
                case NEWEST -> Instant.ofEpochMilli(key).atOffset(ZoneOffset.UTC);
                case DOWNLOADS, LIKES -> key;
            };
        }

        private Cursor read(ResultSet row) throws SQLException {
            long key =
                    switch (sort) {
                        case TRENDING, RELEVANCE -> Cursor.ordered(row.getDouble(2));
                        case NEWEST -> row.getTimestamp(2).toInstant().toEpochMilli();
                        case DOWNLOADS, LIKES -> row.getLong(2);
                    };
            return new Cursor(sort, key, row.getInt(1), 0);
        }
    }

    /**
     * Adapters counted one by one.
     *
     * @param total   up to {@link Bounds#counted}, or as many as were sampled
     * @param more    whether there are more, so that all numbers are lower bounds
     * @param entries by {@code facet=value}
     */
    record Tally(int total, boolean more, Map<String, Integer> entries) {}

    /** @param facets whose values are counted */
    Tally tally(ListingFilter filter, Set<Facet> facets) throws SQLException {
        return tally(filter, facets, bounds.counted());
    }

    /** Values of one facet. Where there are surely too many adapters to be counted, few are read. */
    Tally tally(ListingFilter filter, Facet facet) throws SQLException {
        return tally(filter, Set.of(facet), isLong(filter) ? bounds.sampled() : bounds.counted());
    }

    /** Whether the planner expects far more adapters than can be counted. */
    boolean isLong(ListingFilter filter) throws SQLException {
        return plan.share(filter) * plan.size() > SURELY_MORE * bounds.counted();
    }

    private Tally tally(ListingFilter filter, Set<Facet> facets, int most) throws SQLException {
        Optional<Long> rows = plan.rowsInOrder(filter, most);
        if (rows.isPresent()) {
            Tally first = tally(filter, facets, most, Access.IN_ORDER, " limit " + rows.get());
            if (first.more() || rows.get() >= plan.size()) return first;
        }
        return tally(filter, facets, most, Access.BITMAP, "");
    }

    private Tally tally(ListingFilter filter, Set<Facet> facets, int most, Access access, String bound)
            throws SQLException {
        List<Object> values = new ArrayList<>();
        String sql = "with matching as materialized (select facets from " + filter.source(values, bound) + " limit "
                + (most + 1) + ") select '', count(*) from matching" + entries(facets, "matching", "", values);
        Map<String, Integer> entries = new HashMap<>();
        plan.query(access, sql, values, row -> entries.put(row.getString(1), row.getInt(2)));
        return tally(entries, most);
    }

    /**
     * Adds rows with the number of adapters that have each entry.
     *
     * @param columns before the entry and the number
     */
    private static String entries(Set<Facet> facets, String source, String columns, List<Object> values) {
        if (facets.isEmpty()) return "";
        String sql = " union all select " + columns + "entry, count(*) from (select unnest(facets) as entry from "
                + source + ") e";
        if (facets.size() == 1) {
            sql += " where starts_with(entry, ?)";
            values.add(facets.iterator().next().stored().parameter() + "=");
        }
        return sql + " group by entry";
    }

    /** @param entries with the number of all as the empty one */
    private static Tally tally(Map<String, Integer> entries, int most) {
        int total = entries.remove("");
        return new Tally(Math.min(total, most), total > most, entries);
    }

    /**
     * Takes adapters from the top of a list, or next to a place in it.
     *
     * @param back whether they are above the place; then they come upwards
     */
    List<Cursor> page(ListingFilter filter, Sort sort, Optional<Cursor> place, boolean back, int limit)
            throws SQLException {
        Key key = Key.of(sort);
        if (isRare(filter)) {
            // the estimate takes words for independent; where it is too low, there are enough for the order of the list
            Optional<List<Cursor>> few = counted(filter, Set.of(), key, sortable(filter), place, back, limit)
                    .page();
            if (few.isPresent()) return few.get();
        }
        return inOrder(filter, sort, place, back, limit);
    }

    /** Whether sorting all matches is faster than trying adapters in the order of a list. */
    boolean isRare(ListingFilter filter) throws SQLException {
        double rare = filter.hasText() ? RARE_TEXT : RARE;
        return !filter.isEmpty() && plan.share(filter) * plan.size() < Math.max(rare * plan.size(), bounds.counted());
    }

    /** Number of matches that are sorted at most, where so few are expected. */
    int sortable(ListingFilter filter) {
        return filter.hasText() ? 2 * bounds.tried() : bounds.tried();
    }

    /** @param page empty if more match than were to be sorted */
    record CountedPage(Tally tally, Optional<List<Cursor>> page) {}

    /**
     * Counts adapters and sorts them, reading the index once.
     *
     * @param facets whose values are counted
     * @param most   number of adapters to sort; the fewer, the fewer keys are computed
     */
    CountedPage counted(
            ListingFilter filter, Set<Facet> facets, Key key, int most, Optional<Cursor> place, boolean back, int limit)
            throws SQLException {
        List<Object> values = new ArrayList<>(key.arguments());
        String direction = back ? "asc" : "desc";
        String sql = "with matching as materialized (select adapter_id" + (facets.isEmpty() ? "" : ", facets") + ", "
                + key.sql() + " as key from " + filter.source(values)
                + (most == ALL ? "" : " limit " + (Math.max(most, bounds.counted()) + 1))
                + ") (select l.adapter_id, l.key, null as entry, null::bigint as adapters from matching l where "
                + beside(key, "l.key", place, back, values) + " order by l.key " + direction + ", l.adapter_id "
                + direction + " limit " + limit + ") union all select null, null, '', count(*) from matching"
                + entries(
                        facets,
                        "(select facets from matching limit " + (bounds.counted() + 1) + ") matching",
                        "null, null, ",
                        values);
        List<Cursor> page = new ArrayList<>();
        Map<String, Integer> entries = new HashMap<>();
        plan.query(
                Access.BITMAP,
                sql,
                values,
                row -> row.getString(3) == null
                        ? page.add(key.read(row))
                        : entries.put(row.getString(3), row.getInt(4)));
        Comparator<Cursor> order = Comparator.comparingLong(Cursor::key).thenComparingLong(Cursor::id);
        page.sort(back ? order : order.reversed()); // a union has no order
        boolean all = entries.get("") <= most;
        return new CountedPage(tally(entries, bounds.counted()), all ? Optional.of(page) : Optional.empty());
    }

    /** The same from the order of the list, as long as it has enough of them. */
    List<Cursor> inOrder(ListingFilter filter, Sort sort, Optional<Cursor> place, boolean back, int limit)
            throws SQLException {
        Key key = Key.of(sort);
        int tried = filter.isEmpty() ? limit : bounds.tried();
        String order = "order by l.%1$s %2$s, l.adapter_id %2$s limit ".formatted(sort.column(), back ? "asc" : "desc");
        List<Object> values = new ArrayList<>();
        List<Cursor> first = plan.query(
                filter.isEmpty() ? Access.ANY : Access.BY_KEY,
                "select l.adapter_id, l." + sort.column() + " from (select * from listing l where "
                        + beside(key, "l." + sort.column(), place, back, values) + " " + order + tried + ") l"
                        + (filter.hasText() ? " join adapter_text t on t.adapter_id = l.adapter_id" : "") + " where "
                        + filter.sql("l", values) + " " + order + limit,
                values,
                key::read);
        return first.size() == limit || filter.isEmpty() ? first : sorted(filter, key, place, back, limit);
    }

    /** The same by sorting all matches, of which there should be few. */
    List<Cursor> sorted(ListingFilter filter, Key key, Optional<Cursor> place, boolean back, int limit)
            throws SQLException {
        return counted(filter, Set.of(), key, ALL, place, back, limit).page().orElseThrow();
    }

    private static String beside(Key key, String column, Optional<Cursor> place, boolean back, List<Object> arguments) {
        if (place.isEmpty()) return "true";
        arguments.add(key.argument(place.get().key()));
        arguments.add((long) place.get().id());
        return "(" + column + ", l.adapter_id) " + (back ? ">" : "<") + " (?, ?)";
    }

    /** The most common values of each facet among all adapters, most common first. */
    void largest(Collection<Facet> facets, int most, Counted counted) throws SQLException {
        plan.query(
                "select f, c.value, c.adapters from unnest(?) f cross join lateral (select value, adapters from facet_count"
                        + " where facet = f order by adapters desc, value limit " + most + ") c",
                List.of((Object) facets.stream().map(Facet::parameter).toArray(String[]::new)),
                row -> {
                    counted.accept(Facet.of(row.getString(1)).orElseThrow(), row.getString(2), row.getInt(3));
                    return null;
                });
    }

    interface Counted {
        void accept(Facet facet, String value, int adapters);
    }

    /** Numbers of adapters with these values among all; 0 is left out. */
    Map<String, Integer> counts(Facet facet, Collection<String> values) throws SQLException {
        Map<String, Integer> counts = new HashMap<>();
        plan.query(
                "select value, adapters from facet_count where facet = ? and value = any (?)",
                List.of(facet.parameter(), values.toArray(String[]::new)),
                row -> counts.put(row.getString(1), row.getInt(2)));
        return counts;
    }

    /** Number of all listed adapters. */
    int size() throws SQLException {
        return plan.size();
    }

    /** Number of distinct values. Takes longer the more there are. */
    int values(Facet facet) throws SQLException {
        return plan.number("select count(*) from facet_count where facet = ?", facet.parameter());
    }

    /** Values that differ from one of these at most in case. */
    List<String> spellings(Facet facet, Collection<String> values) throws SQLException {
        String sql = facet == Facet.FAMILY
                ? "select distinct model_type from base_model where lower(model_type) = any (?) order by 1"
                : "select value from facet_count where lower(value) = any (?) and facet = '" + facet.parameter()
                        + "' order by 1";
        Object lower = values.stream().map(String::toLowerCase).toArray(String[]::new);
        return plan.query(sql, List.of(lower), row -> row.getString(1));
    }

    /** A registered base model. */
    record Model(String name, String family, String size) {}

    /** Registered base models. */
    List<Model> models() throws SQLException {
        return plan.query(
                "select name, model_type, parameters from base_model",
                List.of(),
                row -> new Model(
                        row.getString(1),
                        row.getString(2),
                        ModelSize.of(row.getLong(3)).label()));
    }

    /** A text as PostgreSQL's {@code tsquery}. */
    String tsquery(TextQuery text) throws SQLException {
        return plan.query(
                        "select (" + TextQuery.SQL + ")::text",
                        Arrays.asList(text.arguments()),
                        row -> row.getString(1))
                .get(0);
    }

    Optional<Long> at(String address) throws SQLException {
        return plan
                .query(
                        "select a.id from adapter a join publisher p on p.id = a.publisher_id"
                                + " where p.name = split_part(?, '/', 1) and a.name = split_part(?, '/', 2) and a.listed",
                        List.of(address, address),
                        row -> row.getLong(1))
                .stream()
                .findFirst();
    }

    /** Words of names and titles that resemble this one, the nearest first. */
    List<String> wordsLike(String word, int most) throws SQLException {
        return plan.query(
                "select value from facet_count where facet = 'word' and value % ? order by value <-> ?, value limit "
                        + most,
                List.of(word, word),
                row -> row.getString(1));
    }

    /** Leaves it to the planner how other queries in the transaction find their rows. */
    void end() throws SQLException {
        plan.use(Access.ANY);
    }
}
