package io.lorahub.web;

import java.util.Arrays;

/** Colour scheme of the pages. */
public enum Theme {
    SYSTEM("System"),
    LIGHT("Light"),
    DARK("Dark");

    /** Readable by scripts, which switch the theme without reloading the page. */
    static final String COOKIE = "lorahub_theme";

    private final String label;

    Theme(String label) {
        this.label = label;
    }

    /** Value in the cookie and in the page's data-theme attribute. */
    public String value() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    public String label() {
        return label;
    }

    static Theme of(String value) {
        return Arrays.stream(values())
                .filter(theme -> theme.value().equals(value))
                .findFirst()
                .orElse(SYSTEM);
    }
}
