package io.lorahub.browse.search;

public record FacetCount(String value, int count) {}
