package io.lorahub.browse.search;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/** Lists by plain SQL, and changes by another process. */
@Singleton
public class Sql {

    public static final String LISTED = "a.visibility = 'PUBLIC' and a.state <> 'TAKEN_DOWN'";

    private static final String ADAPTERS =
            " from adapter a join publisher p on p.id = a.publisher_id left join base_model m on m.name = a.base_model ";

    private static final String SIZE =
            "case when m.parameters < 3e8 then 'under 300M' when m.parameters < 1e9 then '300M-1B'"
                    + " when m.parameters < 2e9 then '1-2B' when m.parameters < 5e9 then '2-5B'"
                    + " when m.parameters < 1e10 then '5-10B' when m.parameters is not null then 'over 10B' end";

    private static final Map<Facet, String> COLUMNS = Map.of(
            Facet.BASE, "array[a.base_model]",
            Facet.FAMILY, "array_remove(array[m.model_type], null)",
            Facet.SIZE, "array_remove(array[" + SIZE + "], null)",
            Facet.LICENCE, "array[a.licence]",
            Facet.RANK, "array[a.rank::text]",
            Facet.PUBLISHER, "array[p.name]",
            Facet.TAG, "a.tags",
            Facet.LANGUAGE, "a.languages",
            Facet.MODULE, "a.target_modules");

    private final DataSource database;

    Sql(DataSource database) {
        this.database = database;
    }

    /** @param without the facet whose own choice does not count, or null */
    static String where(BrowseQuery query, Facet without) {
        StringBuilder where = new StringBuilder(" where " + LISTED);
        for (Map.Entry<Facet, Set<String>> choice : query.chosen().entrySet()) {
            if (choice.getKey() == without) continue;
            where.append(" and ").append(COLUMNS.get(choice.getKey())).append(" && '{");
            where.append(String.join(",", choice.getValue())).append("}'::text[]");
        }
        return where.toString();
    }

    public int count(BrowseQuery query) throws SQLException {
        return Integer.parseInt(
                strings("select count(*)::text" + ADAPTERS + where(query, null)).get(0));
    }

    public Map<String, Integer> counts(Facet facet, BrowseQuery query) throws SQLException {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (String line : strings("select value || '|' || count(*)" + ADAPTERS + "cross join unnest("
                + COLUMNS.get(facet) + ") value" + where(query, facet) + " group by value")) {
            int bar = line.lastIndexOf('|');
            counts.put(line.substring(0, bar), Integer.parseInt(line.substring(bar + 1)));
        }
        return counts;
    }

    public List<String> strings(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> strings = new ArrayList<>();
            while (row.next()) strings.add(row.getString(1));
            return strings;
        }
    }

    /** Changes rows as another process would, bypassing the entities. */
    public void write(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
