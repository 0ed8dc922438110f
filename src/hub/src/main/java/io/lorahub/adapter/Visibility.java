package io.lorahub.adapter;

import io.lorahub.engine.names.EnumNames;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Who can find an adapter: its publisher's members, anyone with the address, or everybody. */
public enum Visibility {
    PRIVATE,
    UNLISTED,
    PUBLIC;

    public static final FieldError UNKNOWN = new FieldError("visibility", "Choose public, unlisted or private.");

    /** The visibility as used in forms and the API, such as {@code public}. */
    public String word() {
        return EnumNames.of(this);
    }

    public static Optional<Visibility> find(String word) {
        return EnumNames.find(Visibility.class, word.strip().toLowerCase(Locale.ROOT));
    }

    /**
     * @param word empty or null for the default
     * @throws ProblemException if no visibility has this name
     */
    public static Visibility of(String word, Visibility byDefault) {
        if (word == null || word.isBlank()) return byDefault;
        return find(word).orElseThrow(() -> ProblemException.invalid(List.of(UNKNOWN)));
    }
}
