package io.lorahub.browse.search;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Reads adapters for lists. Only {@link #listed} filters out adapters that are not public; the callers of other methods
 * must check permissions.
 */
@Singleton
public class AdapterRows {

    private static final String ROWS = """
            select a.id, p.name as publisher, a.name, a.visibility, a.state, a.listed, a.title, a.summary, a.base_model, a.licence,
                   a.derivatives, a.tags, a.languages, a.example_input, a.example_output, a.rank, a.target_modules,
                   a.downloads, a.likes, a.created_at, a.updated_at, a.listed_at, coalesce(s.bytes, v.bytes) as bytes, v.strip
            from adapter a
            join publisher p on p.id = a.publisher_id
            left join lateral (select id, bytes, strip from adapter_version where adapter_id = a.id
                               order by number desc limit 1) v on true
            left join lateral (select sum(b.size) as bytes from version_file f join blob b on b.sha256 = f.sha256
                               where f.version_id = v.id) s on true
            """;

    /** Maximum number of rows on a page, however many adapters there are. */
    public static final int MOST = 100;

    private final DataSource database;

    AdapterRows(DataSource database) {
        this.database = database;
    }

    /** Publicly listed adapters among these ids, in the order of the ids. */
    List<AdapterRow> listed(Collection<Integer> ids) {
        if (ids.isEmpty()) return List.of();
        return inOrder(ids, query(ROWS + "where a.id = any (?) and a.listed", array(ids)));
    }

    /** Adapters in any state, in the order of the ids; ids that do not exist are skipped. */
    public List<AdapterRow> all(Collection<Integer> ids) {
        if (ids.isEmpty()) return List.of();
        return inOrder(ids, query(ROWS + "where a.id = any (?)", array(ids)));
    }

    /**
     * Adapters with a file of this content that are publicly listed or belong to one of the publishers. Newest first.
     */
    public List<AdapterRow> holding(String sha256, Collection<Long> publishers) {
        return query(
                ROWS + "where a.id in (select w.adapter_id from version_file f"
                        + " join adapter_version w on w.id = f.version_id where f.sha256 = ?)"
                        + " and (a.listed or a.publisher_id = any (?)) order by a.id desc limit " + MOST,
                (connection, statement) -> {
                    statement.setString(1, sha256);
                    statement.setArray(2, connection.createArrayOf("bigint", publishers.toArray()));
                });
    }

    /** A publisher's adapters that are not publicly listed, newest first. */
    public List<AdapterRow> hiddenOf(long publisher) {
        return query(
                ROWS + "where a.publisher_id = ? and not a.listed order by a.id desc limit " + MOST,
                (connection, statement) -> statement.setLong(1, publisher));
    }

    private interface Binding {
        void to(Connection connection, PreparedStatement statement) throws SQLException;
    }

    private static Binding array(Collection<Integer> ids) {
        return (connection, statement) -> statement.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
    }

    private List<AdapterRow> query(String sql, Binding binding) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            binding.to(connection, statement);
            List<AdapterRow> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) rows.add(new AdapterRow(row));
            }
            return rows;
        } catch (SQLException e) {
            throw new SearchException("The adapters of a list cannot be read.", e);
        }
    }

    private static List<AdapterRow> inOrder(Collection<Integer> ids, List<AdapterRow> rows) {
        Map<Integer, AdapterRow> byId = new HashMap<>();
        rows.forEach(row -> byId.put((int) row.id, row));
        return ids.stream().map(byId::get).filter(Objects::nonNull).toList();
    }
}
