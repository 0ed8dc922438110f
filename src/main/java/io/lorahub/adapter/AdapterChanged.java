package io.lorahub.adapter;

/** A transaction wrote an adapter. Observers that look at the database wait for its commit. */
public record AdapterChanged(Long id) {}
