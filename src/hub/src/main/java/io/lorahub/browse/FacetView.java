package io.lorahub.browse;

import io.lorahub.browse.search.BrowseQuery;
import io.lorahub.browse.search.Facet;
import io.lorahub.browse.search.FacetCount;
import io.lorahub.browse.search.ModelSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A facet on a page.
 *
 * @param more where more of its values are shown; null if these are all
 */
record FacetView(Facet facet, List<Value> values, String more) {

    /** Number of values shown for each facet. */
    static final int SHOWN = 8;

    /** Number of values shown for the opened facet. */
    static final int OPENED = 100;

    /**
     * @param more whether there are more than that
     * @param id id of its checkbox, the same on every page, so that the focus stays when the page is replaced
     */
    record Value(String value, int count, boolean more, boolean chosen, String id) {}

    /**
     * @param counts one more than is shown, if there are that many
     * @param bounded whether the counts are lower bounds
     */
    static FacetView of(BrowseQuery query, Facet facet, List<FacetCount> counts, boolean bounded, boolean opened) {
        int most = opened ? OPENED : SHOWN;
        List<FacetCount> shown = new ArrayList<>();
        for (FacetCount count : counts) {
            if (shown.size() < most || query.isChosen(facet, count.value())) shown.add(count);
        }
        if (facet == Facet.RANK) shown.sort(Comparator.comparingInt(count -> number(count.value())));
        if (facet == Facet.SIZE)
            shown.sort(Comparator.comparing(
                    count -> ModelSize.labelled(count.value()).orElseThrow()));
        String address = query.address(BrowsePage.PATH);
        String more = opened || shown.size() == counts.size()
                ? null
                : address + (address.contains("?") ? "&" : "?") + "more=" + facet.parameter();
        return new FacetView(
                facet,
                shown.stream()
                        .map(count -> new Value(
                                count.value(),
                                count.count(),
                                bounded && count.count() > 0,
                                query.isChosen(facet, count.value()),
                                facet.parameter() + "-"
                                        + Integer.toHexString(count.value().hashCode())))
                        .toList(),
                more);
    }

    private static int number(String rank) {
        return rank.matches("\\d{1,9}") ? Integer.parseInt(rank) : Integer.MAX_VALUE;
    }
}
