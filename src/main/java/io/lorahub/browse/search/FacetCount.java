package io.lorahub.browse.search;

/** How many adapters have a value. */
public record FacetCount(String value, int count) {}
