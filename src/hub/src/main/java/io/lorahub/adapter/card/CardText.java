package io.lorahub.adapter.card;

import java.util.regex.Pattern;

/**
 * Cleans up typed or uploaded text for storage and display: removes NUL, which PostgreSQL refuses, and invisible
 * characters that could deceive a reader.
 */
public final class CardText {

    /** Control characters other than tab and line feed, and marks that change the direction of the following text. */
    private static final Pattern UNWANTED =
            Pattern.compile("[\\p{Cc}&&[^\\t\\n]]|[\\u202a-\\u202e\\u2066-\\u2069]|\\p{Cs}");

    private CardText() {}

    public static String block(String text) {
        if (text == null) return "";
        return UNWANTED.matcher(text.replace("\r\n", "\n").replace('\r', '\n'))
                .replaceAll("")
                .strip();
    }

    public static String line(String text) {
        return block(text).replaceAll("\\s+", " ");
    }
}
