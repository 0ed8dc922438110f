package io.lorahub.adapter;

/** Fired before an adapter is deleted, in the same transaction; observers remove their references to it. */
public record AdapterDeletionEvent(Adapter adapter) {}
