package io.lorahub.browse.search;

import jakarta.inject.Singleton;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * Reads the index's data from the database: first everything, then changes. The mark is the oldest transaction that was
 * still running at the time of reading: anything that it or a later one writes is read next time, so nothing is missed,
 * however late a transaction commits. Some rows are read twice, which is harmless.
 */
@Singleton
class ListingChanges {

    /** Family and size are null if the hub doesn't know the base model. */
    private static final String ADAPTERS = """
            select a.id, p.name, a.base_model, a.licence, a.rank, a.tags, a.languages, a.target_modules, a.edition,
                   a.downloads, a.likes, extract(epoch from a.listed_at) * 1000, a.trend, m.model_type, m.parameters
            from adapter a join publisher p on p.id = a.publisher_id left join base_model m on m.name = a.base_model
            where a.listed
            """;

    private static final int BATCH = 2000;

    private final DataSource database;

    /** Shares one object per text, because most values occur in thousands of adapters. */
    private final Map<String, String> texts = new HashMap<>();

    ListingChanges(DataSource database) {
        this.database = database;
    }

    /** @param ids adapters that were written, including deleted ones */
    record Changes(long mark, List<Integer> ids) {}

    /** Passes all listed adapters to the consumer and returns the mark from which changes follow. */
    long all(Consumer<ListedAdapter> consumer) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (PreparedStatement mark = connection.prepareStatement(
                            "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint");
                    PreparedStatement rows = connection.prepareStatement(ADAPTERS)) {
                rows.setFetchSize(BATCH);
                long xmin = single(mark);
                try (ResultSet row = rows.executeQuery()) {
                    while (row.next()) consumer.accept(adapter(row));
                }
                return xmin;
            } finally {
                connection.rollback();
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                connection.setAutoCommit(true);
            }
        }
    }

    Changes since(long mark) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement("""
                        select pg_snapshot_xmin(pg_current_snapshot())::text::bigint, array_agg(distinct adapter_id)
                        from adapter_change where changed_in >= ?::text::xid8
                        """)) {
            statement.setString(1, Long.toString(mark));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                List<Integer> ids = new ArrayList<>();
                Array array = row.getArray(2);
                if (array != null) for (Long id : (Long[]) array.getArray()) ids.add(Math.toIntExact(id));
                return new Changes(row.getLong(1), ids);
            }
        }
    }

    List<ListedAdapter> listed(Collection<Integer> ids) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(ADAPTERS + " and a.id = any (?)")) {
            statement.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            List<ListedAdapter> adapters = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) adapters.add(adapter(row));
            }
            return adapters;
        }
    }

    /** Deletes change records of this age, which every live process has read. */
    void forget(Duration age) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "delete from adapter_change where changed_at < now() - make_interval(secs => ?)")) {
            statement.setDouble(1, age.toSeconds());
            statement.executeUpdate();
        }
    }

    private static long single(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private ListedAdapter adapter(ResultSet row) throws SQLException {
        Map<Facet, List<String>> values = new EnumMap<>(Facet.class);
        values.put(Facet.PUBLISHER, List.of(shared(row.getString(2))));
        values.put(Facet.BASE, List.of(shared(row.getString(3))));
        String family = row.getString(14);
        boolean known = family != null;
        values.put(Facet.FAMILY, known ? List.of(shared(family)) : List.of());
        values.put(Facet.SIZE, known ? List.of(ModelSize.of(row.getLong(15)).label()) : List.of());
        values.put(Facet.LICENCE, List.of(shared(row.getString(4))));
        values.put(Facet.RANK, List.of(shared(row.getString(5))));
        values.put(Facet.TAG, shared(row.getArray(6)));
        values.put(Facet.LANGUAGE, shared(row.getArray(7)));
        values.put(Facet.MODULE, shared(row.getArray(8)));
        return new ListedAdapter(
                Math.toIntExact(row.getLong(1)),
                values,
                row.getInt(9),
                row.getLong(10),
                row.getInt(11),
                row.getLong(12),
                row.getDouble(13));
    }

    private List<String> shared(Array array) throws SQLException {
        List<String> several = new ArrayList<>();
        for (String text : (String[]) array.getArray()) several.add(shared(text));
        return List.copyOf(several);
    }

    private synchronized String shared(String text) {
        return texts.computeIfAbsent(text, t -> t);
    }
}
