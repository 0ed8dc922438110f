package io.lorahub.web;

import java.util.Arrays;

/** Colours of the pages. */
public enum Theme {
    SYSTEM("System"),
    LIGHT("Light"),
    DARK("Dark");

    /** Readable by scripts, which switch without loading the page anew. */
    static final String COOKIE = "lorahub_theme";

    private final String label;

    Theme(String label) {
        this.label = label;
    }

    /** As the cookie and the attribute data-theme of the page say it. */
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
