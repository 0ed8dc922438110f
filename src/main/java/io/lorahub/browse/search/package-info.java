/**
 * Finding adapters: text, facets, sorting. Begin with {@code AdapterSearch}; {@code ListingWatch} keeps the index in memory
 * up to date.
 *
 * <p>Lists show only what is public, whoever asks. The index answers which adapters and in which order; only the rows
 * of one page are read from the database.
 */
package io.lorahub.browse.search;
