package io.lorahub.browse.search;

import io.lorahub.web.FieldError;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses a query from an address. Invalid parts are left out and reported, so that a page can show the rest and the API
 * can reject the request.
 */
public final class BrowseParameters {

    static final int LONGEST_TEXT = 200;
    private static final int MOST_VALUES = 50;
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}\\s]+");
    private static final Pattern SHA256 = Pattern.compile("(?:sha256:)?([0-9a-f]{64})", Pattern.CASE_INSENSITIVE);

    private static final Pattern NUMBER = Pattern.compile("\\d{1,6}");

    /** Parameters of a query, besides the facets. */
    private static final Set<String> NAMES = Set.of("q", "sort", "limit", "after", "before", "sha256");

    private final MultivaluedMap<String, String> parameters;
    private final List<FieldError> causes = new ArrayList<>();

    public BrowseParameters(MultivaluedMap<String, String> parameters) {
        this.parameters = parameters;
    }

    public List<FieldError> causes() {
        return causes;
    }

    /** Unknown parameters; a program that misspells a name would otherwise take the whole list for the answer. */
    public List<FieldError> unknown(Set<String> others) {
        return parameters.keySet().stream()
                .filter(name -> !NAMES.contains(name) && !others.contains(name))
                .filter(name -> Facet.of(name).isEmpty())
                .sorted()
                .map(name -> new FieldError(name, "Lists of adapters have no such parameter."))
                .toList();
    }

    public BrowseQuery query() {
        String text = text();
        Optional<Sort> sort = sort(text);
        BrowseQuery query = new BrowseQuery(text, chosen(), sort, Optional.empty(), false, limit());
        boolean back = !one("before").isEmpty();
        Optional<Cursor> place = place(back ? "before" : "after", query.order());
        return new BrowseQuery(text, query.chosen(), sort, place, place.isPresent() && back, query.limit());
    }

    /** Hash of the file searched for, if any. */
    public Optional<String> sha256() {
        String hash = one("sha256").isEmpty() ? one("q") : one("sha256");
        Matcher digits = SHA256.matcher(hash);
        if (digits.matches()) return Optional.of(digits.group(1).toLowerCase(Locale.ROOT));
        if (!one("sha256").isEmpty()) {
            causes.add(new FieldError(
                    "sha256",
                    "A SHA-256 has 64 hexadecimal digits; this one is " + hash.length()
                            + " characters long or has others."));
        }
        return Optional.empty();
    }

    private String text() {
        String typed = one("q");
        if (typed.length() <= LONGEST_TEXT) return typed;
        causes.add(new FieldError(
                "q",
                "The search has " + typed.length() + " characters; only the first " + LONGEST_TEXT + " are used."));
        return typed.substring(0, LONGEST_TEXT).strip();
    }

    private Map<Facet, Set<String>> chosen() {
        Map<Facet, Set<String>> chosen = new EnumMap<>(Facet.class);
        for (Facet facet : Facet.values()) {
            Set<String> values = new TreeSet<>();
            for (String value : parameters.getOrDefault(facet.parameter(), List.of())) {
                String cleaned = clean(value);
                if (cleaned.isEmpty()) continue;
                if (facet == Facet.RANK && !NUMBER.matcher(cleaned).matches()) {
                    causes.add(
                            new FieldError(facet.parameter(), "The rank \"" + brief(cleaned) + "\" isn't a number."));
                } else if (facet == Facet.SIZE && ModelSize.labelled(cleaned).isEmpty()) {
                    causes.add(new FieldError(
                            facet.parameter(),
                            "There is no model size \"" + brief(cleaned) + "\"; use one of "
                                    + String.join(", ", ModelSize.labels()) + "."));
                } else if (values.size() < MOST_VALUES && cleaned.length() <= LONGEST_TEXT) values.add(cleaned);
                else
                    causes.add(new FieldError(
                            facet.parameter(),
                            "A value is too long, or there are more than " + MOST_VALUES + "; leave some out."));
            }
            if (!values.isEmpty()) chosen.put(facet, values);
        }
        return chosen;
    }

    private Optional<Sort> sort(String text) {
        String name = one("sort");
        if (name.isEmpty()) return Optional.empty();
        Optional<Sort> sort = Sort.of(name);
        if (sort.isEmpty()) {
            causes.add(new FieldError(
                    "sort", "There is no order \"" + brief(name) + "\"; use one of " + Sort.all() + "."));
        }
        return sort.filter(s -> s != Sort.RELEVANCE || !text.isEmpty());
    }

    private int limit() {
        String limit = one("limit");
        if (limit.isEmpty()) return BrowseQuery.USUAL_LIMIT;
        if (limit.matches("\\d{1,3}")) {
            int number = Integer.parseInt(limit);
            if (number >= 1 && number <= BrowseQuery.LARGEST_LIMIT) return number;
        }
        causes.add(new FieldError(
                "limit",
                "The limit \"" + brief(limit) + "\" isn't a number from 1 to " + BrowseQuery.LARGEST_LIMIT + "."));
        return BrowseQuery.USUAL_LIMIT;
    }

    private Optional<Cursor> place(String parameter, Sort order) {
        String text = one(parameter);
        if (text.isEmpty()) return Optional.empty();
        Optional<Cursor> place = Cursor.parse(text).filter(cursor -> cursor.sort() == order);
        if (place.isEmpty()) {
            causes.add(new FieldError(
                    parameter,
                    "\"" + brief(text) + "\" isn't a cursor for this sort order. Follow the links to the next page,"
                            + " and start from the first page after changing the order."));
        }
        return place;
    }

    private String one(String name) {
        String value = parameters.getFirst(name);
        return value == null ? "" : clean(value);
    }

    /** Drops line breaks and characters that PostgreSQL cannot store. */
    private static String clean(String value) {
        return CONTROLS.matcher(value).replaceAll(" ").strip();
    }

    private static String brief(String value) {
        return value.length() <= 40 ? value : value.substring(0, 40) + "…";
    }
}
