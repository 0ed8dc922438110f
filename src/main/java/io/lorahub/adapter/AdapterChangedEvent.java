package io.lorahub.adapter;

/** A transaction wrote an adapter. Observers that look at the database wait for its commit. */
public record AdapterChangedEvent(Long id) {}
