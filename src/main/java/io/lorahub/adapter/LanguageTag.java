package io.lorahub.adapter;

import java.util.IllformedLocaleException;
import java.util.Locale;

/** BCP 47 tags of languages. */
final class LanguageTag {

    private LanguageTag() {}

    /** Whether it is well formed and begins with a code of two or three letters, as those of all living languages do. */
    static boolean isTag(String text) {
        return text.length() <= 35
                && text.matches("[A-Za-z]{2,3}(-.*)?")
                && canonical(text).equals(text);
    }

    /** In the usual case ({@code pt-BR}); what is no tag stays as it is. */
    static String canonical(String text) {
        try {
            return new Locale.Builder().setLanguageTag(text).build().toLanguageTag();
        } catch (IllformedLocaleException e) {
            return text;
        }
    }
}
