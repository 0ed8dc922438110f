/**
 * Finding adapters: text, facets, sorting. Begin with {@code AdapterSearch}; {@code ListingWatch} keeps the in-memory
 * index up to date.
 *
 * <p>Lists show only public adapters, regardless of the viewer. The index determines which adapters are shown, and in
 * which order; only the rows of one page are read from the database.
 */
package io.lorahub.browse.search;
