package io.lorahub.web;

import io.lorahub.engine.names.EnumNames;

/** Colour scheme of the pages. */
public enum Theme {
    SYSTEM("System"),
    LIGHT("Light"),
    DARK("Dark");

    /** Readable by scripts, which switch the theme without reloading the page. */
    static final HubCookie COOKIE = new HubCookie("lorahub_theme", "/", false);

    private final String label;

    Theme(String label) {
        this.label = label;
    }

    /** Value in the cookie and in the page's data-theme attribute. */
    public String value() {
        return EnumNames.of(this);
    }

    public String label() {
        return label;
    }

    static Theme of(String value) {
        return EnumNames.find(Theme.class, value).orElse(SYSTEM);
    }
}
