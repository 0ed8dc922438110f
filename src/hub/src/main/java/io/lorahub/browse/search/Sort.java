package io.lorahub.browse.search;

import io.lorahub.engine.names.EnumNames;
import java.util.Optional;

/** Sort orders of a list, greatest first; ties are sorted newest first. */
public enum Sort {
    RELEVANCE("Best match", "listed_at"),
    TRENDING("Trending", "trend"),
    DOWNLOADS("Most downloaded", "downloads"),
    LIKES("Most liked", "likes"),
    NEWEST("Newest", "listed_at");

    private final String label;

    /** Of the tables {@code listing} and {@code adapter_text}. */
    private final String column;

    Sort(String label, String column) {
        this.label = label;
        this.column = column;
    }

    String column() {
        return column;
    }

    public String label() {
        return label;
    }

    /** Form in addresses. */
    public String parameter() {
        return EnumNames.of(this);
    }

    public static Optional<Sort> of(String parameter) {
        return EnumNames.find(Sort.class, parameter);
    }

    /** All names for messages: {@code relevance, trending, …}. */
    static String all() {
        return String.join(", ", EnumNames.all(Sort.class));
    }
}
