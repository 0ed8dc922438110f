package io.lorahub.adapter;

import java.util.regex.Pattern;

/** Makes typed or uploaded text fit to be stored and shown: no NUL, which PostgreSQL refuses, and nothing invisible that could fool a reader. */
final class CardText {

    /** Control characters but tab and line feed; marks that turn the direction of all that follows. */
    private static final Pattern UNWANTED =
            Pattern.compile("[\\p{Cc}&&[^\\t\\n]]|[\\u202a-\\u202e\\u2066-\\u2069]|\\p{Cs}");

    private CardText() {}

    static String block(String text) {
        if (text == null) return "";
        return UNWANTED.matcher(text.replace("\r\n", "\n").replace('\r', '\n'))
                .replaceAll("")
                .strip();
    }

    static String line(String text) {
        return block(text).replaceAll("\\s+", " ");
    }
}
