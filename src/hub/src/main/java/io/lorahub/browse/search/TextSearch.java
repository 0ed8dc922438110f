package io.lorahub.browse.search;

import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.RoaringBitmapWriter;

/** Full-text search in PostgreSQL over all adapters, regardless of visibility: the caller keeps only listed ones. */
@Singleton
class TextSearch {

    private static final String QUERY = """
            (websearch_to_tsquery('hub', ?)
             || case when ? = '' then ''::tsquery
                     else websearch_to_tsquery('hub', ?) && to_tsquery('simple', ? || ':*') end)
            """;

    /**
     * Ranking reads each adapter's whole text; above this number of matches, only the field in which the words occur
     * counts.
     */
    private static final int MOST_RANKED = 1500;

    private static final int CACHED = 200;

    /** The same words are searched for repeatedly, page by page and facet by facet. */
    private final Map<Key, TextMatches> cache = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, TextMatches> eldest) {
            return size() > CACHED;
        }
    });

    private record Key(String typed, long textVersion) {}

    /**
     * Input of the search field, prepared for PostgreSQL: words, "phrases", -without, or. The last word also matches
     * words that begin with it, because it may be unfinished.
     *
     * @param whole     for {@code websearch_to_tsquery}
     * @param head      all but the last word; empty if there is only one word
     * @param beginning the last word, letters and digits only; empty if the last word must not be completed
     */
    private record TextQuery(String whole, String head, String beginning) {

        /** Too many words have a shorter beginning. */
        private static final int SHORTEST_BEGINNING = 3;

        private static final Pattern LAST_WORD =
                Pattern.compile("(?:^|\\s)([\\p{L}\\p{N}]{" + SHORTEST_BEGINNING + ",})$");

        static TextQuery of(String typed) {
            Matcher last = LAST_WORD.matcher(typed);
            boolean openPhrase = typed.chars().filter(c -> c == '"').count() % 2 == 1;
            if (openPhrase || !last.find()) return new TextQuery(typed, "", "");
            return new TextQuery(typed, typed.substring(0, last.start()).strip(), last.group(1));
        }
    }

    /** An adapter's address, typed or pasted into the search field: {@code demo/un}, with or without the site. */
    private record AddressQuery(String publisher, String name) {

        private static final Pattern ADDRESS = Pattern.compile(
                "(?:https?://[^/\\s]+)?/?([a-z0-9][a-z0-9-]*)/([a-z0-9][a-z0-9._-]*?)/?(?:[@/?#]\\S*)?",
                Pattern.CASE_INSENSITIVE);

        /** Empty if the text is not an address; a base model's name looks like one too. */
        static Optional<AddressQuery> of(String typed) {
            Matcher address = ADDRESS.matcher(typed);
            return address.matches()
                    ? Optional.of(new AddressQuery(lower(address.group(1)), lower(address.group(2))))
                    : Optional.empty();
        }

        private static String lower(String text) {
            return text.toLowerCase(Locale.ROOT);
        }
    }

    private final DataSource database;

    TextSearch(DataSource database) {
        this.database = database;
    }

    /** @param textVersion version of the texts known to the caller: an answer from before a change is not reused */
    TextMatches find(String typed, long textVersion) {
        Key key = new Key(typed, textVersion);
        TextMatches known = cache.get(key);
        if (known != null) return known;
        TextMatches matches = find(TextQuery.of(typed));
        Optional<Integer> named = AddressQuery.of(typed).flatMap(this::at);
        if (named.isPresent()) matches = matches.with(named.get());
        cache.put(key, matches);
        return matches;
    }

    private TextMatches find(TextQuery question) {
        try (Connection connection = database.getConnection()) {
            RoaringBitmap all = ids(connection, "adapters_with_text", question);
            if (all.getCardinality() > MOST_RANKED) {
                return new TextMatches(all, Map.of(), ids(connection, "adapters_with_head", question));
            }
            return new TextMatches(all, ranks(connection, question, all), new RoaringBitmap());
        } catch (SQLException e) {
            throw new SearchException("The search for \"" + question.whole() + "\" failed.", e);
        }
    }

    private Optional<Integer> at(AddressQuery address) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement("select a.id from adapter a"
                        + " join publisher p on p.id = a.publisher_id where p.name = ? and a.name = ?")) {
            statement.setString(1, address.publisher());
            statement.setString(2, address.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getInt(1)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw new SearchException("The search for an adapter by its address failed.", e);
        }
    }

    private static RoaringBitmap ids(Connection connection, String function, TextQuery question) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select " + function + "(" + QUERY + ")")) {
            bind(statement, question);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                byte[] bytes = row.getBytes(1);
                return bytes == null ? new RoaringBitmap() : bitmap(ByteBuffer.wrap(bytes));
            }
        }
    }

    private static RoaringBitmap bitmap(ByteBuffer ids) {
        RoaringBitmapWriter<RoaringBitmap> writer = RoaringBitmapWriter.writer().get();
        while (ids.hasRemaining()) writer.add(ids.getInt());
        return writer.get();
    }

    private static Map<Integer, Float> ranks(Connection connection, TextQuery question, RoaringBitmap ids)
            throws SQLException {
        if (ids.isEmpty()) return Map.of();
        try (PreparedStatement statement = connection.prepareStatement(
                "select adapter_id, ts_rank(document, " + QUERY + ") from adapter_text where adapter_id = any (?)")) {
            int next = bind(statement, question);
            statement.setArray(next, connection.createArrayOf("bigint", boxed(ids)));
            Map<Integer, Float> ranks = new HashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) ranks.put(row.getInt(1), row.getFloat(2));
            }
            return ranks;
        }
    }

    private static Long[] boxed(RoaringBitmap ids) {
        Long[] boxed = new Long[ids.getCardinality()];
        int[] plain = ids.toArray();
        for (int i = 0; i < plain.length; i++) boxed[i] = (long) plain[i];
        return boxed;
    }

    /** @return the number of the next parameter */
    private static int bind(PreparedStatement statement, TextQuery question) throws SQLException {
        statement.setString(1, question.whole());
        statement.setString(2, question.beginning());
        statement.setString(3, question.head());
        statement.setString(4, question.beginning());
        return 5;
    }
}
