package io.lorahub.browse.search;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /** The plan depends on how common the values are; joins look up single rows, and parts of tables are read in order. */
    private static final String PLANNER =
            "set local plan_cache_mode = force_custom_plan; set local enable_mergejoin = off;"
                    + " set local enable_hashjoin = off; set local max_parallel_workers_per_gather = 0; set local jit = off;"
                    + " set local synchronize_seqscans = off; set local work_mem = '16MB'";

    /**
     * How rows are found. PostgreSQL doesn't see that reading a text vector, outside of the row, is far dearer than a row,
     * so it isn't asked where there is a text.
     */
    private enum Access {
        ANY("on", "on", "on"),
        BITMAP("off", "off", "on"),
        IN_ORDER("on", "off", "off"),
        BY_KEY("off", "on", "off");

        private final String settings;

        Access(String table, String index, String bitmap) {
            settings =
                    "set local enable_seqscan = %s; set local enable_indexscan = %s; set local enable_bitmapscan = %s"
                            .formatted(table, index, bitmap);
        }
    }

    /**
     * Microseconds (docs/scale.md) for an entry of a list in an index, of which the shortest list of a filter is read as a
     * whole and the others in part; for a row in the order of its table; and for such a row with its text.
     */
    private static final double ENTRY = 0.2;

    private static final double FURTHER_ENTRY = 0.02;
    private static final double ENTRY_OF_TEXT = 0.3;
    private static final double ROW = 0.7;
    private static final double TEXT = 7;

    /** How many times the expected number of rows are read in order, in case the conditions of a filter exclude each other. */
    private static final int MARGIN = 4;

    /** What a smaller part has is sorted faster than it is found in the order of a list. */
    private static final double RARE = 0.005;

    private static final double RARE_TEXT = 0.01;

    /** The planner's estimate is this many times too high at most, usually. */
    private static final int SURELY_MORE = 3;

    private static final int ALL = Integer.MAX_VALUE;

    private static final Pattern ESTIMATE = Pattern.compile("rows=(\\d+)");

    private final Connection connection;
    private final Bounds bounds;
    private final Map<String, Double> shares = new HashMap<>();

    /** Numbers of adapters by entry. */
    private final Map<String, Integer> lengths = new HashMap<>();

    private Access access = Access.ANY;
    private int size = -1;

    /** @param connection in a transaction */
    Listing(Connection connection, Bounds bounds) throws SQLException {
        this.connection = connection;
        this.bounds = bounds;
        set(PLANNER);
    }

    private void set(String settings) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(settings);
        }
    }

    /**
     * Conditions of adapters.
     *
     * @param facets any of these entries of each, as {@code facet=value}
     * @param text conditions on {@code adapter_text t}; empty if there are none
     */
    record Filter(List<String[]> facets, String text, List<Object> arguments) {

        static Filter of(List<String[]> facets) {
            return new Filter(facets, "", List.of());
        }

        Filter and(String condition, Object... more) {
            List<Object> all = new ArrayList<>(arguments);
            all.addAll(List.of(more));
            return new Filter(facets, text.isEmpty() ? condition : text + " and " + condition, all);
        }

        boolean isEmpty() {
            return facets.isEmpty() && text.isEmpty();
        }

        boolean hasText() {
            return !text.isEmpty();
        }

        @Override
        public String toString() {
            return Arrays.deepToString(facets.toArray()) + " " + text + " " + arguments;
        }

        /** The table that has them all, with the conditions. */
        private String source(List<Object> values) {
            return source(values, "");
        }

        /** @param bound how much of the table is read */
        private String source(List<Object> values, String bound) {
            String table = hasText() ? "adapter_text" : "listing";
            if (!bound.isEmpty()) table = "(select * from " + table + bound + ")";
            return hasText()
                    ? table + " t where t.facets is not null and " + sql("t", values)
                    : table + " l where " + sql("l", values);
        }

        /** @param table that has the facets */
        private String sql(String table, List<Object> values) {
            List<String> all = new ArrayList<>();
            facets.forEach(entries -> all.add(table + ".facets && ?"));
            values.addAll(facets);
            if (hasText()) all.add(text);
            values.addAll(arguments);
            return all.isEmpty() ? "true" : String.join(" and ", all);
        }
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
    Tally tally(Filter filter, Set<Facet> facets) throws SQLException {
        return tally(filter, facets, bounds.counted());
    }

    /** Values of one facet. Where there are surely too many adapters to be counted, few are read. */
    Tally tally(Filter filter, Facet facet) throws SQLException {
        return tally(filter, Set.of(facet), isLong(filter) ? bounds.sampled() : bounds.counted());
    }

    /** Whether the planner expects far more adapters than can be counted. */
    boolean isLong(Filter filter) throws SQLException {
        return share(filter) * size() > SURELY_MORE * bounds.counted();
    }

    private Tally tally(Filter filter, Set<Facet> facets, int most) throws SQLException {
        double share = share(filter);
        if (share > 0 && most / share * (filter.hasText() ? TEXT : ROW) < indexCost(filter)) {
            long rows = (long) (MARGIN * most / share);
            Tally first = tally(filter, facets, most, Access.IN_ORDER, " limit " + rows);
            if (first.more() || rows >= size()) return first;
        }
        return tally(filter, facets, most, Access.BITMAP, "");
    }

    private Tally tally(Filter filter, Set<Facet> facets, int most, Access access, String bound) throws SQLException {
        List<Object> values = new ArrayList<>();
        String sql = "with matching as materialized (select facets from " + filter.source(values, bound) + " limit "
                + (most + 1) + ") select '', count(*) from matching" + entries(facets, "matching", "", values);
        Map<String, Integer> entries = new HashMap<>();
        query(access, sql, values, row -> entries.put(row.getString(1), row.getInt(2)));
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

    /** Microseconds for what an index has on the conditions; of words, at least. */
    private double indexCost(Filter filter) throws SQLException {
        if (filter.hasText()) return share(filter) * size() * ENTRY_OF_TEXT;
        double shortest = size();
        double all = 0;
        for (String[] entries : filter.facets()) {
            double length = length(entries, filter);
            shortest = Math.min(shortest, length);
            all += length;
        }
        return shortest * ENTRY + all * FURTHER_ENTRY;
    }

    /** Number of adapters with any of these entries; at most as many. Those of the whole filter are read at once. */
    private int length(String[] entries, Filter filter) throws SQLException {
        if (!lengths.keySet().containsAll(Arrays.asList(entries))) {
            String[] all = filter.facets().stream().flatMap(Arrays::stream).toArray(String[]::new);
            for (String entry : all) lengths.put(entry, 0);
            query(
                    "select e, c.adapters from unnest(?) e join facet_count c on c.facet = split_part(e, '=', 1)"
                            + " and c.value = substr(e, strpos(e, '=') + 1)",
                    List.of((Object) all),
                    row -> lengths.put(row.getString(1), row.getInt(2)));
        }
        return Math.min(size(), Arrays.stream(entries).mapToInt(lengths::get).sum());
    }

    /** The part of all adapters that matches; with several conditions or a text, as the planner estimates it. */
    private double share(Filter filter) throws SQLException {
        if (!filter.hasText() && filter.facets().size() == 1) {
            return (double) length(filter.facets().get(0), filter) / Math.max(1, size());
        }
        String name = filter.toString();
        Double known = shares.get(name);
        if (known != null) return known;
        List<Object> values = new ArrayList<>();
        String sql = "explain select from " + filter.source(values);
        Matcher rows = ESTIMATE.matcher(
                query(access, sql, values, row -> row.getString(1)).get(0));
        double share = rows.find() ? Double.parseDouble(rows.group(1)) / Math.max(1, size()) : 0;
        shares.put(name, share);
        return share;
    }

    /**
     * Takes adapters from the top of a list, or next to a place in it.
     *
     * @param back whether they are above the place; then they come upwards
     */
    List<Cursor> page(Filter filter, Sort sort, Optional<Cursor> place, boolean back, int limit) throws SQLException {
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
    boolean isRare(Filter filter) throws SQLException {
        double rare = filter.hasText() ? RARE_TEXT : RARE;
        return !filter.isEmpty() && share(filter) * size() < Math.max(rare * size(), bounds.counted());
    }

    /** Number of matches that are sorted at most, where so few are expected. */
    int sortable(Filter filter) {
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
            Filter filter, Set<Facet> facets, Key key, int most, Optional<Cursor> place, boolean back, int limit)
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
        query(
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
    List<Cursor> inOrder(Filter filter, Sort sort, Optional<Cursor> place, boolean back, int limit)
            throws SQLException {
        Key key = Key.of(sort);
        int tried = filter.isEmpty() ? limit : bounds.tried();
        String order = "order by l.%1$s %2$s, l.adapter_id %2$s limit ".formatted(sort.column(), back ? "asc" : "desc");
        List<Object> values = new ArrayList<>();
        List<Cursor> first = query(
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
    List<Cursor> sorted(Filter filter, Key key, Optional<Cursor> place, boolean back, int limit) throws SQLException {
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
        query(
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
        query(
                "select value, adapters from facet_count where facet = ? and value = any (?)",
                List.of(facet.parameter(), values.toArray(String[]::new)),
                row -> counts.put(row.getString(1), row.getInt(2)));
        return counts;
    }

    /** Number of all listed adapters: each has one rank. */
    int size() throws SQLException {
        if (size < 0) {
            size = number("select coalesce(sum(adapters), 0) from facet_count where facet = ?", Facet.RANK.parameter());
        }
        return size;
    }

    /** Number of distinct values. Takes longer the more there are. */
    int values(Facet facet) throws SQLException {
        return number("select count(*) from facet_count where facet = ?", facet.parameter());
    }

    private int number(String sql, Object... arguments) throws SQLException {
        return query(sql, List.of(arguments), row -> row.getInt(1)).get(0);
    }

    /** Values that differ from one of these at most in case. */
    List<String> spellings(Facet facet, Collection<String> values) throws SQLException {
        String sql = facet == Facet.FAMILY
                ? "select distinct model_type from base_model where lower(model_type) = any (?) order by 1"
                : "select value from facet_count where lower(value) = any (?) and facet = '" + facet.parameter()
                        + "' order by 1";
        Object lower = values.stream().map(String::toLowerCase).toArray(String[]::new);
        return query(sql, List.of(lower), row -> row.getString(1));
    }

    /** A registered base model. */
    record Model(String name, String family, String size) {}

    /** Registered base models. */
    List<Model> models() throws SQLException {
        return query(
                "select name, model_type, parameters from base_model",
                List.of(),
                row -> new Model(
                        row.getString(1),
                        row.getString(2),
                        ModelSize.of(row.getLong(3)).label()));
    }

    /** A text as PostgreSQL's {@code tsquery}. */
    String tsquery(TextQuery text) throws SQLException {
        return query("select (" + TextQuery.SQL + ")::text", Arrays.asList(text.arguments()), row -> row.getString(1))
                .get(0);
    }

    Optional<Long> at(String address) throws SQLException {
        return query(
                        "select a.id from adapter a join publisher p on p.id = a.publisher_id"
                                + " where p.name = split_part(?, '/', 1) and a.name = split_part(?, '/', 2) and a.listed",
                        List.of(address, address),
                        row -> row.getLong(1))
                .stream()
                .findFirst();
    }

    /** Words of names and titles that resemble this one, the nearest first. */
    List<String> wordsLike(String word, int most) throws SQLException {
        return query(
                "select value from facet_count where facet = 'word' and value % ? order by value <-> ?, value limit "
                        + most,
                List.of(word, word),
                row -> row.getString(1));
    }

    /** Leaves it to the planner how other queries in the transaction find their rows. */
    void end() throws SQLException {
        use(Access.ANY);
    }

    private void use(Access wanted) throws SQLException {
        if (wanted != access) set(wanted.settings);
        access = wanted;
    }

    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(String sql, List<Object> arguments, Reader<T> reader) throws SQLException {
        return query(Access.ANY, sql, arguments, reader);
    }

    private <T> List<T> query(Access wanted, String sql, List<Object> arguments, Reader<T> reader) throws SQLException {
        use(wanted);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int next = 1;
            for (Object argument : arguments) {
                if (argument instanceof String[] texts) {
                    statement.setArray(next++, connection.createArrayOf("text", texts));
                } else {
                    statement.setObject(next++, argument);
                }
            }
            List<T> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) rows.add(reader.read(row));
            }
            return Collections.unmodifiableList(rows);
        }
    }
}
