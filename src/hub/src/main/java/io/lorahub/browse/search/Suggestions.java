package io.lorahub.browse.search;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/**
 * Words of existing adapters, for a search that found nothing: PostgreSQL finds words of names and titles with similar
 * trigrams, and the nearest of them (Jaro-Winkler) are suggested. Uses only publicly readable words.
 */
@Singleton
public class Suggestions {

    private static final int MOST = 3;

    /** Words corrected per search; each costs a database query. */
    private static final int WORDS = 3;

    private static final int COMPARED = 100;
    private static final int SHORTEST = 3;
    private static final double NEAR = 0.82;
    private static final JaroWinklerSimilarity SIMILARITY = new JaroWinklerSimilarity();

    private final AdapterSearch adapters;

    Suggestions(AdapterSearch adapters) {
        this.adapters = adapters;
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

    /** Empty if the word itself is found. */
    private List<String> near(String word) {
        if (adapters.find(BrowseQuery.ALL.withText(word).withLimit(1), 0).total() > 0) return List.of();
        return adapters.wordsLike(word, COMPARED).stream()
                .filter(other -> SIMILARITY.apply(word, other) >= NEAR)
                .sorted(Comparator.comparing((String other) -> SIMILARITY.apply(word, other))
                        .reversed())
                .limit(MOST)
                .toList();
    }
}
