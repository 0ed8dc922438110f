package io.lorahub.browse;

/** How many adapters have a value. */
public record FacetCount(String value, int count) {}
