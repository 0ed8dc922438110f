package io.lorahub.adapter;

/** Fired when a transaction writes an adapter. Observers that read the database wait for its commit. */
public record AdapterChangedEvent(Long id) {}
