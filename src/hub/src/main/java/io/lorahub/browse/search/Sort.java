package io.lorahub.browse.search;

import io.lorahub.engine.names.EnumNames;
import java.util.Optional;

/** Sort orders of a list, greatest first; ties are sorted newest first. */
public enum Sort {
    RELEVANCE("Best match"),
    TRENDING("Trending"),
    DOWNLOADS("Most downloaded"),
    LIKES("Most liked"),
    NEWEST("Newest");

    private final String label;

    Sort(String label) {
        this.label = label;
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
