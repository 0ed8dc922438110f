package io.lorahub.storage.upkeep;

/** Fired before a sweep, so that features delete rows that refer to files for a time only. */
public record SweepBegins() {}
