package io.lorahub.browse.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Conditions of adapters in a {@link Listing}.
 *
 * @param facets any of these entries of each, as {@code facet=value}
 * @param text conditions on {@code adapter_text t}; empty if there are none
 */
record ListingFilter(List<String[]> facets, String text, List<Object> arguments) {

    static ListingFilter of(List<String[]> facets) {
        return new ListingFilter(facets, "", List.of());
    }

    ListingFilter and(String condition, Object... more) {
        List<Object> all = new ArrayList<>(arguments);
        all.addAll(List.of(more));
        return new ListingFilter(facets, text.isEmpty() ? condition : text + " and " + condition, all);
    }

    boolean isEmpty() {
        return facets.isEmpty() && text.isEmpty();
    }

    boolean hasText() {
        return !text.isEmpty();
    }

    @Override
    public String toString() {
        return Arrays.deepToString(facets.toArray()) + " " + text + " " + arguments;
    }

    /** The table that has them all, with the conditions. */
    String source(List<Object> values) {
        return source(values, "");
    }

    /** @param bound how much of the table is read */
    String source(List<Object> values, String bound) {
        String table = hasText() ? "adapter_text" : "listing";
        if (!bound.isEmpty()) table = "(select * from " + table + bound + ")";
        return hasText()
                ? table + " t where t.facets is not null and " + sql("t", values)
                : table + " l where " + sql("l", values);
    }

    /** @param table that has the facets */
    String sql(String table, List<Object> values) {
        List<String> all = new ArrayList<>();
        facets.forEach(entries -> all.add(table + ".facets && ?"));
        values.addAll(facets);
        if (hasText()) all.add(text);
        values.addAll(arguments);
        return all.isEmpty() ? "true" : String.join(" and ", all);
    }
}
