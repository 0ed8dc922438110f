package io.lorahub.browse.search;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One page of a list.
 *
 * @param total    number of adapters in the whole list
 * @param before   number of them above this page
 * @param rows     rows of the page
 * @param previous where the previous page ends; empty on the first
 * @param next     where the next page begins; empty on the last
 * @param counts   for each facet, the number of adapters with each value, given the choices in the other facets
 */
public record BrowseResult(
        int total,
        int before,
        List<AdapterRow> rows,
        Optional<Cursor> previous,
        Optional<Cursor> next,
        Map<Facet, List<FacetCount>> counts) {}
