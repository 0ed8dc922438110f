package io.lorahub.browse.search;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One page of a list.
 *
 * @param total    number of adapters in the whole list
 * @param more     whether there are more than that
 * @param before   number of them above this page; on a page with a previous one, 0 means that it isn't known
 * @param rows     rows of the page
 * @param previous where the previous page ends; empty on the first
 * @param next     where the next page begins; empty on the last
 * @param counts   for each facet, the number of adapters with each value, given the choices in the other facets
 * @param bounded  facets whose numbers are lower bounds
 */
public record BrowseResult(
        int total,
        boolean more,
        int before,
        List<AdapterRow> rows,
        Optional<Cursor> previous,
        Optional<Cursor> next,
        Map<Facet, List<FacetCount>> counts,
        Set<Facet> bounded) {}
