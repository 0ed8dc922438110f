package io.lorahub.upload.readme;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a description: its first sentences become the summary and are not repeated.
 *
 * @param summary one line; empty if the description does not begin with prose
 * @param rest the description without the summary
 */
record SummaryExtractor(String summary, String rest) {

    private static final int LONGEST_SUMMARY = 300;
    private static final int SHORTEST_SENTENCE = 20;
    private static final Pattern SENTENCE_END = Pattern.compile("[.!?](?=\\s+\\p{Lu})");

    /** Links, lists, quotes and tables, which would be lost in a summary. */
    private static final Pattern MORE_THAN_PROSE = Pattern.compile("\\]\\(|(?m)^\\s*(?:[-*+>|]|\\d+[.)])\\s");

    /** @param given the summary, if the README has one apart from its text */
    static SummaryExtractor of(String body, Optional<String> given) {
        String[] parts = body.split("\\R\\s*\\R", 2);
        String first = parts[0].strip();
        String rest = parts.length > 1 ? parts[1].strip() : "";
        boolean prose = !first.isEmpty() && Character.isLetterOrDigit(first.codePointAt(0));
        if (!prose) return new SummaryExtractor(given.orElse(""), body);
        String plain = plain(first);
        if (given.isPresent())
            return new SummaryExtractor(given.get(), given.get().equals(plain) ? rest : body);
        if (MORE_THAN_PROSE.matcher(first).find()) return new SummaryExtractor(cut(plain), body);
        if (plain.length() <= LONGEST_SUMMARY) return new SummaryExtractor(plain, rest);
        int end = firstSentence(first);
        if (end < 0) return new SummaryExtractor(cut(plain), body);
        return new SummaryExtractor(
                plain(first.substring(0, end)), (first.substring(end).strip() + "\n\n" + rest).strip());
    }

    /** Index of its end; -1 if it is too long. */
    private static int firstSentence(String text) {
        Matcher end = SENTENCE_END.matcher(text);
        boolean found = text.length() > SHORTEST_SENTENCE && end.find(SHORTEST_SENTENCE);
        return found && end.end() <= LONGEST_SUMMARY ? end.end() : -1;
    }

    private static String plain(String text) {
        return text.replaceAll("\\s+", " ").replaceAll("[*_`]{1,3}(\\S[^*_`]*)[*_`]{1,3}", "$1");
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_SUMMARY ? text : text.substring(0, LONGEST_SUMMARY - 1) + "…";
    }
}
