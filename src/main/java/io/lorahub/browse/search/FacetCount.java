package io.lorahub.browse.search;

/** Number of adapters with a value. */
public record FacetCount(String value, int count) {}
