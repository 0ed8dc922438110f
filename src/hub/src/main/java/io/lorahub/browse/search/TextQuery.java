package io.lorahub.browse.search;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Input of the search field, prepared for PostgreSQL: words, "phrases", -without, or. The last word also matches words
 * that begin with it, because it may be unfinished.
 *
 * @param whole     for {@code websearch_to_tsquery}
 * @param head      all but the last word; empty if there is only one word
 * @param beginning the last word, letters and digits only; empty if the last word must not be completed
 * @param address   {@code publisher/name}, typed or pasted into the search field with or without the site, as
 *                  {@code demo/un}; a base model's name looks like one too
 */
record TextQuery(String whole, String head, String beginning, Optional<String> address) {

    /**
     * Selects a {@code tsquery}; its parameters are {@link #arguments}. Up to 8 words that begin so are asked for by themselves,
     * or 32 beside other words: with them, the index is two to ten times as fast as with the beginning. More are slower.
     */
    static final String SQL = """
            select websearch_to_tsquery('hub', ?)
             || case when b.text = '' then ''::tsquery
                     else websearch_to_tsquery('hub', ?)
                       && coalesce((select string_agg(array_to_tsvector(array[word])::text, '|')
                                    from (select distinct word from search_word
                                          where word like lower(b.text) || '%' and b.simple = lower(b.text) limit 33) few
                                    having count(*) between 1 and case when b.alone then 8 else 32 end)::tsquery,
                                   to_tsquery('simple', b.text || ':*')) end
            from (select text, alone, trim(to_tsquery('simple', text)::text, '''') as simple
                  from (select ?::text as text, ? as alone) beginning) b
            """;

    /** Too many words have a shorter beginning. */
    private static final int SHORTEST_BEGINNING = 3;

    private static final Pattern LAST_WORD = Pattern.compile("(?:^|\\s)([\\p{L}\\p{N}]{" + SHORTEST_BEGINNING + ",})$");

    private static final Pattern ADDRESS = Pattern.compile(
            "(?:https?://[^/\\s]+)?/?([a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9._-]*?)/?(?:[@/?#]\\S*)?",
            Pattern.CASE_INSENSITIVE);

    static TextQuery of(String typed) {
        Matcher matcher = ADDRESS.matcher(typed);
        Optional<String> address =
                matcher.matches() ? Optional.of(matcher.group(1).toLowerCase(Locale.ROOT)) : Optional.empty();
        Matcher last = LAST_WORD.matcher(typed);
        boolean openPhrase = typed.chars().filter(c -> c == '"').count() % 2 == 1;
        if (openPhrase || !last.find()) return new TextQuery(typed, "", "", address);
        return new TextQuery(typed, typed.substring(0, last.start()).strip(), last.group(1), address);
    }

    /** The last word is complete. */
    TextQuery withoutBeginning() {
        return new TextQuery(whole, "", "", address);
    }

    Object[] arguments() {
        return new Object[] {whole, head, beginning, head.isEmpty()};
    }
}
