package io.lorahub.browse.search;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/**
 * Words of existing adapters, for a search that found nothing: PostgreSQL finds names and titles with similar trigrams,
 * and the nearest of their words (Jaro-Winkler) are suggested. Uses only publicly readable words.
 */
@Singleton
public class Suggestions {

    private static final int MOST = 3;

    /** Words corrected per search; each costs a database query. */
    private static final int WORDS = 3;

    private static final int SHORTEST = 3;
    private static final double NEAR = 0.82;
    private static final JaroWinklerSimilarity SIMILARITY = new JaroWinklerSimilarity();

    private final DataSource database;
    private final ListedAdapters adapters;
    private final TextSearch texts;

    Suggestions(DataSource database, ListedAdapters adapters, TextSearch texts) {
        this.database = database;
        this.adapters = adapters;
        this.texts = texts;
    }

    /** Alternative searches, nearest first; empty if all words are known or nothing is near. */
    public List<String> of(String typed) {
        String[] words = typed.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+");
        Set<String> suggestions = new LinkedHashSet<>();
        int asked = 0;
        for (String word : words) {
            if (word.length() < SHORTEST || asked == WORDS) continue;
            asked++;
            for (String near : near(word)) suggestions.add(String.join(" ", replaced(words, word, near)));
        }
        return suggestions.stream().limit(MOST).toList();
    }

    private static List<String> replaced(String[] words, String word, String near) {
        List<String> replaced = new ArrayList<>();
        for (String other : words) if (!other.isEmpty()) replaced.add(other.equals(word) ? near : other);
        return replaced;
    }

    /** Empty if the word itself exists: finding words similar to a common one would take a second. */
    private List<String> near(String word) {
        if (isKnown(word)) return List.of();
        Map<String, Double> near = new LinkedHashMap<>();
        for (String other : wordsLike(word)) {
            if (other.equals(word)) return List.of();
            double similarity = SIMILARITY.apply(word, other);
            if (similarity >= NEAR) near.put(other, similarity);
        }
        return near.keySet().stream()
                .sorted(Comparator.comparing(near::get, Comparator.reverseOrder()))
                .limit(MOST)
                .toList();
    }

    private boolean isKnown(String word) {
        TextMatches matches = texts.find(word, adapters.read(ListedAdapters.Reading::textVersion));
        return adapters.read(reading -> matches.all().stream().anyMatch(reading::isListed));
    }

    private Set<String> wordsLike(String word) {
        Map<Integer, String> texts = new LinkedHashMap<>();
        try (Connection connection = database.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("select id, words from adapters_with_words_like(?)")) {
            statement.setString(1, word);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) texts.put(row.getInt(1), row.getString(2));
            }
        } catch (SQLException e) {
            throw new SearchException("Words like \"" + word + "\" cannot be searched for.", e);
        }
        Set<String> words = new LinkedHashSet<>();
        adapters.read(reading -> {
            texts.forEach((id, text) -> {
                if (reading.isListed(id)) words.addAll(List.of(text.split("[^\\p{L}\\p{N}]+")));
            });
            return words;
        });
        return words;
    }
}
