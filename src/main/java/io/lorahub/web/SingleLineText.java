package io.lorahub.web;

import java.util.Optional;
import java.util.regex.Pattern;

/** Names and titles that people type: in one line, and with nothing unseen by which one looks like another. */
public final class SingleLineText {

    /**
     * Control characters, halves of characters, separators of lines and paragraphs, spaces without width, and the marks
     * that turn the direction of what follows (UAX 9). Joiners and the two marks that only stand for a letter's direction
     * stay: some scripts are not written without them.
     */
    private static final Pattern UNSEEN =
            Pattern.compile("[\\p{Cc}\\p{Cs}\\u2028\\u2029\\u200b\\u2060\\ufeff\\u202a-\\u202e\\u2066-\\u2069]");

    private SingleLineText() {}

    /** What is wrong with a text, as a sentence. */
    public static Optional<String> fault(String text) {
        return UNSEEN.matcher(text).find()
                ? Optional.of(
                        "Write one line without control characters and marks that turn the direction of the text.")
                : Optional.empty();
    }

    /** For texts that others have typed. */
    public static String of(String text) {
        return UNSEEN.matcher(text).replaceAll(" ").replaceAll("\\s+", " ").strip();
    }
}
