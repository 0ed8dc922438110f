package io.lorahub.browse.search;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A list query, as given in its address.
 *
 * @param text   search text; empty for all
 * @param chosen chosen values, at least one for each facet present
 * @param sort   empty for the default: best match if there is a text, else trending
 * @param place  where the page begins; empty for the top
 * @param back   whether the page ends above the place instead
 * @param limit  maximum number of adapters on a page
 */
public record BrowseQuery(
        String text,
        Map<Facet, Set<String>> chosen,
        Optional<Sort> sort,
        Optional<Cursor> place,
        boolean back,
        int limit) {

    public static final int USUAL_LIMIT = 24;
    static final int LARGEST_LIMIT = 100;
    public static final BrowseQuery ALL =
            new BrowseQuery("", Map.of(), Optional.empty(), Optional.empty(), false, USUAL_LIMIT);

    public Sort order() {
        return sort.orElse(text.isEmpty() ? Sort.TRENDING : Sort.RELEVANCE);
    }

    public boolean isChosen(Facet facet, String value) {
        return chosen.getOrDefault(facet, Set.of()).contains(value);
    }

    public boolean narrows() {
        return !text.isEmpty() || !chosen.isEmpty();
    }

    /** The same list from its top, with this value added or removed. */
    public BrowseQuery toggled(Facet facet, String value) {
        Map<Facet, Set<String>> other = new EnumMap<>(Facet.class);
        chosen.forEach((f, values) -> other.put(f, new TreeSet<>(values)));
        Set<String> values = other.computeIfAbsent(facet, f -> new TreeSet<>());
        if (!values.remove(value)) values.add(value);
        if (values.isEmpty()) other.remove(facet);
        return new BrowseQuery(text, other, sort, Optional.empty(), false, limit);
    }

    public BrowseQuery withText(String other) {
        return new BrowseQuery(other, chosen, sort, Optional.empty(), false, limit);
    }

    /** The same list from its top, with another page size. */
    public BrowseQuery withLimit(int other) {
        return new BrowseQuery(text, chosen, sort, Optional.empty(), false, other);
    }

    /** The same list from its top, in another order. */
    public BrowseQuery sortedBy(Sort other) {
        return new BrowseQuery(text, chosen, Optional.of(other), Optional.empty(), false, limit);
    }

    /** The same place in the same list, with these values instead. */
    BrowseQuery choosing(Map<Facet, Set<String>> others) {
        return new BrowseQuery(text, others, sort, place, back, limit);
    }

    /** The same text without facet values. */
    public BrowseQuery withoutFacets() {
        return new BrowseQuery(text, Map.of(), sort, Optional.empty(), false, limit);
    }

    public BrowseQuery after(Cursor other) {
        return new BrowseQuery(text, chosen, sort, Optional.of(other), false, limit);
    }

    public BrowseQuery before(Cursor other) {
        return new BrowseQuery(text, chosen, sort, Optional.of(other), true, limit);
    }

    /** The same facet values without the text. */
    public BrowseQuery withoutText() {
        return new BrowseQuery("", chosen, sort.filter(s -> s != Sort.RELEVANCE), Optional.empty(), false, limit);
    }

    /** Equal queries always have the same address. */
    public String address(String path) {
        List<Parameter> parameters = new ArrayList<>(parameters());
        place.ifPresent(p -> parameters.add(new Parameter(back ? "before" : "after", p.text())));
        if (parameters.isEmpty()) return path;
        return path + "?" + parameters.stream().map(Parameter::encoded).collect(Collectors.joining("&"));
    }

    /** Parameters that a form must repeat to keep the list, from its top. */
    public List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        if (!text.isEmpty()) parameters.add(new Parameter("q", text));
        for (Facet facet : Facet.values()) {
            new TreeSet<>(chosen.getOrDefault(facet, Set.of()))
                    .forEach(value -> parameters.add(new Parameter(facet.parameter(), value)));
        }
        sort.ifPresent(s -> parameters.add(new Parameter("sort", s.parameter())));
        if (limit != USUAL_LIMIT) parameters.add(new Parameter("limit", Integer.toString(limit)));
        return parameters;
    }

    /** A parameter of an address or a form. */
    public record Parameter(String name, String value) {

        private String encoded() {
            return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
        }
    }
}
