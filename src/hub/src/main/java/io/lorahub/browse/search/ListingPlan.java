package io.lorahub.browse.search;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the queries of a {@link Listing} find their rows, and what that costs, on one connection. */
final class ListingPlan {

    /** The plan depends on how common the values are; joins look up single rows, and parts of tables are read in order. */
    private static final String PLANNER =
            "set local plan_cache_mode = force_custom_plan; set local enable_mergejoin = off;"
                    + " set local enable_hashjoin = off; set local max_parallel_workers_per_gather = 0; set local jit = off;"
                    + " set local synchronize_seqscans = off; set local work_mem = '16MB'";

    /**
     * How rows are found. PostgreSQL doesn't see that reading a text vector, outside of the row, is far dearer than a row,
     * so it isn't asked where there is a text.
     */
    enum Access {
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

    private static final Pattern ESTIMATE = Pattern.compile("rows=(\\d+)");

    private final Connection connection;
    private final Map<String, Double> shares = new HashMap<>();

    /** Numbers of adapters by entry. */
    private final Map<String, Integer> lengths = new HashMap<>();

    private Access access = Access.ANY;
    private int size = -1;

    /** @param connection in a transaction */
    ListingPlan(Connection connection) throws SQLException {
        this.connection = connection;
        set(PLANNER);
    }

    private void set(String settings) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(settings);
        }
    }

    /** How many rows, read in the order of their table, should have so many matches; empty if an index finds them sooner. */
    Optional<Long> rowsInOrder(ListingFilter filter, int most) throws SQLException {
        double share = share(filter);
        if (share == 0 || most / share * (filter.hasText() ? TEXT : ROW) >= indexCost(filter)) return Optional.empty();
        return Optional.of((long) (MARGIN * most / share));
    }

    /** Microseconds for what an index has on the conditions; of words, at least. */
    private double indexCost(ListingFilter filter) throws SQLException {
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
    private int length(String[] entries, ListingFilter filter) throws SQLException {
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
    double share(ListingFilter filter) throws SQLException {
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

    /** Number of all listed adapters: each has one rank. */
    int size() throws SQLException {
        if (size < 0) {
            size = number("select coalesce(sum(adapters), 0) from facet_count where facet = ?", Facet.RANK.parameter());
        }
        return size;
    }

    int number(String sql, Object... arguments) throws SQLException {
        return query(sql, List.of(arguments), row -> row.getInt(1)).get(0);
    }

    void use(Access kind) throws SQLException {
        if (kind != access) set(kind.settings);
        access = kind;
    }

    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Leaves it to the planner how rows are found. */
    <T> List<T> query(String sql, List<Object> arguments, Reader<T> reader) throws SQLException {
        return query(Access.ANY, sql, arguments, reader);
    }

    <T> List<T> query(Access kind, String sql, List<Object> arguments, Reader<T> reader) throws SQLException {
        use(kind);
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
