/**
 * Finding adapters: text, facets, sorting. Begin with {@code AdapterSearch}; {@code Listing} reads the tables that the
 * database keeps for it.
 *
 * <p>Lists show only public adapters, regardless of the viewer. No process holds them in memory, and no query may take
 * longer the more adapters there are.
 */
package io.lorahub.browse.search;
