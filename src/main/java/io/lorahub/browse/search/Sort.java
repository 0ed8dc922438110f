package io.lorahub.browse.search;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

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
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Sort> of(String parameter) {
        return Arrays.stream(values())
                .filter(sort -> sort.parameter().equals(parameter))
                .findFirst();
    }

    /** All names for messages: {@code relevance, trending, …}. */
    static String all() {
        return Arrays.stream(values()).map(Sort::parameter).collect(Collectors.joining(", "));
    }
}
