/**
 * Pages and lists of adapters: the start page, the list with its facets, feeds, publishers. Begin with {@code BrowsePage}.
 * {@code search} finds what they show, {@code candidates} is what a visitor collects for a composition.
 */
package io.lorahub.browse;
