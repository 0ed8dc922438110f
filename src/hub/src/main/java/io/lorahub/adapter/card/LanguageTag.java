package io.lorahub.adapter.card;

import java.util.IllformedLocaleException;
import java.util.Locale;

/** BCP 47 language tags. */
final class LanguageTag {

    private LanguageTag() {}

    /**
     * Whether the tag is well-formed and begins with a code of two or three letters, like those of all living
     * languages.
     */
    static boolean isTag(String text) {
        return text.length() <= 35
                && text.matches("[A-Za-z]{2,3}(-.*)?")
                && canonical(text).equals(text);
    }

    /** Converts a tag to the usual case ({@code pt-BR}); other texts stay unchanged. */
    static String canonical(String text) {
        try {
            return new Locale.Builder().setLanguageTag(text).build().toLanguageTag();
        } catch (IllformedLocaleException e) {
            return text;
        }
    }
}
