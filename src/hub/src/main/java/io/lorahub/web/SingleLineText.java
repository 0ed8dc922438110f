package io.lorahub.web;

import java.util.Optional;
import java.util.regex.Pattern;

/** Names and titles that people type: a single line without invisible characters that make one look like another. */
public final class SingleLineText {

    /**
     * Control characters, lone surrogates, line and paragraph separators, zero-width spaces, and the marks that change
     * the direction of the following text (UAX 9). Joiners and the two marks that stand for a single letter's direction
     * are allowed, because some scripts need them.
     */
    private static final Pattern UNSEEN =
            Pattern.compile("[\\p{Cc}\\p{Cs}\\u2028\\u2029\\u200b\\u2060\\ufeff\\u202a-\\u202e\\u2066-\\u2069]");

    private SingleLineText() {}

    /** Describes the error in a text, as a sentence. */
    public static Optional<String> fault(String text) {
        return UNSEEN.matcher(text).find()
                ? Optional.of("Write one line without control characters or marks that change the text direction.")
                : Optional.empty();
    }

    /** Cleans a text that was typed elsewhere. */
    public static String of(String text) {
        return UNSEEN.matcher(text).replaceAll(" ").replaceAll("\\s+", " ").strip();
    }
}
