package io.lorahub.browse;

import io.lorahub.browse.candidates.CandidateBasket;
import io.lorahub.browse.search.AdapterRow;
import io.lorahub.browse.search.BrowseQuery;
import io.lorahub.browse.search.BrowseResult;
import io.lorahub.browse.search.Facet;
import io.lorahub.browse.search.Sort;
import io.lorahub.web.FieldError;
import io.lorahub.web.Format;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Data for the page of a list.
 *
 * @param facets      facets that offer a choice
 * @param opened      facet of which all values are shown
 * @param suggestions alternative searches if nothing was found
 * @param causes      parts of the address that were invalid and ignored
 */
record BrowseView(
        BrowseQuery query,
        BrowseResult result,
        List<FacetView> facets,
        Optional<Facet> opened,
        List<Link> suggestions,
        List<FieldError> causes) {

    record Link(String label, String href) {}

    /** One restriction of the list; the link leads to the list without it. */
    record Chip(String kind, String label, String href) {}

    record SortChoice(String value, String label, boolean chosen) {}

    static BrowseView of(
            BrowseQuery query,
            BrowseResult result,
            Optional<Facet> opened,
            List<String> suggestions,
            List<FieldError> causes) {
        List<FacetView> facets = result.counts().entrySet().stream()
                .map(counts -> FacetView.of(
                        query,
                        counts.getKey(),
                        counts.getValue(),
                        result.bounded().contains(counts.getKey()),
                        opened.filter(counts.getKey()::equals).isPresent()))
                .filter(facet -> !facet.values().isEmpty())
                .toList();
        List<Link> links = suggestions.stream()
                .map(text -> new Link(text, query.withText(text).address(BrowsePage.PATH)))
                .toList();
        return new BrowseView(query, result, facets, opened, links, causes);
    }

    public List<AdapterRow> rows() {
        return result.rows();
    }

    /** As in "600 adapters" or "1,000+ adapters". */
    public String found() {
        return result.more() ? Format.number(result.total()) + "+ adapters" : Format.count(result.total(), "adapter");
    }

    /** Position of the page, as in "1 to 24 of 600"; null if all adapters fit on it, or the position isn't known. */
    public String range() {
        if (result.total() <= rows().size() || rows().isEmpty()) return null;
        if (result.before() == 0 && result.previous().isPresent()) return null;
        int last = result.before() + rows().size();
        String range = "%s to %s".formatted(Format.number(result.before() + 1), Format.number(last));
        return result.more() ? range : "%s of %s".formatted(range, Format.number(result.total()));
    }

    public String previous() {
        return result.previous()
                .map(place -> query.before(place).address(BrowsePage.PATH))
                .orElse(null);
    }

    public String next() {
        return result.next()
                .map(place -> query.after(place).address(BrowsePage.PATH))
                .orElse(null);
    }

    public List<Chip> chips() {
        List<Chip> chips = new ArrayList<>();
        if (!query.text().isEmpty()) {
            chips.add(new Chip("Text", query.text(), query.withoutText().address(BrowsePage.PATH)));
        }
        for (Facet facet : Facet.values()) {
            for (String value : query.chosen().getOrDefault(facet, java.util.Set.of())) {
                chips.add(new Chip(
                        facet.label(), value, query.toggled(facet, value).address(BrowsePage.PATH)));
            }
        }
        return chips;
    }

    /** Offers best match only if there is a search text. */
    public List<SortChoice> sorts() {
        return Arrays.stream(Sort.values())
                .filter(sort -> sort != Sort.RELEVANCE || !query.text().isEmpty())
                .map(sort -> new SortChoice(sort.parameter(), sort.label(), sort == query.order()))
                .toList();
    }

    public List<BrowseQuery.Parameter> everything() {
        return query.parameters();
    }

    /** Parameters for the form that changes the sort order. */
    public List<BrowseQuery.Parameter> allButSort() {
        return query.parameters().stream()
                .filter(parameter -> !parameter.name().equals("sort"))
                .toList();
    }

    /** Parameters for the form of the facets. */
    public List<BrowseQuery.Parameter> allButFacets() {
        return query.parameters().stream()
                .filter(parameter -> Facet.of(parameter.name()).isEmpty())
                .toList();
    }

    /** Number of adapters that can be added: all, or as many as a basket holds. */
    public int addable() {
        return Math.min(result.total(), CandidateBasket.MOST);
    }

    public boolean isWhole() {
        return result.total() <= CandidateBasket.MOST;
    }

    public boolean isEmptyHub() {
        return result.total() == 0 && !query.narrows();
    }

    public int narrowed() {
        return query.chosen().values().stream().mapToInt(java.util.Set::size).sum();
    }

    /** Whether search engines should index the page: the list itself, but not every combination of filters. */
    public boolean isIndexed() {
        return query.place().isEmpty() && query.sort().isEmpty() && chips().size() <= 1;
    }

    public String feed() {
        return query.address(AdapterFeed.PATH);
    }

    public String withoutFacets() {
        return query.withoutFacets().address(BrowsePage.PATH);
    }
}
