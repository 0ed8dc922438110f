package io.lorahub.browse.search;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Orders of a list, the greatest first; adapters that are equal in it stand the newest first. */
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

    /** As in addresses. */
    public String parameter() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Sort> of(String parameter) {
        return Arrays.stream(values())
                .filter(sort -> sort.parameter().equals(parameter))
                .findFirst();
    }

    /** For messages: {@code relevance, trending, …}. */
    static String all() {
        return Arrays.stream(values()).map(Sort::parameter).collect(Collectors.joining(", "));
    }
}
