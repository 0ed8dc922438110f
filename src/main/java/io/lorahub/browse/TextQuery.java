package io.lorahub.browse;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What somebody typed into the search field, as PostgreSQL is to search for it: words, "phrases", -without, or. The last
 * word also finds words that begin with it, as it may not be finished.
 *
 * @param whole     for {@code websearch_to_tsquery}
 * @param head      all but the last word; empty if there is one word only
 * @param beginning the last word, letters and digits only; empty where the last word is not to be completed
 */
record TextQuery(String whole, String head, String beginning) {

    /** Shorter ones begin too many words. */
    private static final int SHORTEST_BEGINNING = 3;

    private static final Pattern LAST_WORD = Pattern.compile("(?:^|\\s)([\\p{L}\\p{N}]{" + SHORTEST_BEGINNING + ",})$");

    static TextQuery of(String typed) {
        Matcher last = LAST_WORD.matcher(typed);
        boolean openPhrase = typed.chars().filter(c -> c == '"').count() % 2 == 1;
        if (openPhrase || !last.find()) return new TextQuery(typed, "", "");
        return new TextQuery(typed, typed.substring(0, last.start()).strip(), last.group(1));
    }
}
