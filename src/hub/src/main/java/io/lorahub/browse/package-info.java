/**
 * Pages and lists of adapters: the start page, the list with its facets, feeds, publishers. Begin with
 * {@code BrowsePage}. {@code search} finds the adapters to show, {@code candidates} holds a visitor's candidates for a
 * composition.
 */
package io.lorahub.browse;
