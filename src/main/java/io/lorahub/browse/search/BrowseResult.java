package io.lorahub.browse.search;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One page of a list.
 *
 * @param total    adapters in the whole list
 * @param before   how many of them stand above this page
 * @param rows     of the page
 * @param previous where the page before ends; empty on the first
 * @param next     where the page after begins; empty on the last
 * @param counts   of each facet: how many adapters have a value, with what is chosen in the other facets
 */
public record BrowseResult(
        int total,
        int before,
        List<AdapterRow> rows,
        Optional<Cursor> previous,
        Optional<Cursor> next,
        Map<Facet, List<FacetCount>> counts) {}
