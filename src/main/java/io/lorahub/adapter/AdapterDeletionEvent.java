package io.lorahub.adapter;

/** An adapter is about to be deleted, in the same transaction; who refers to it lets go of it now. */
public record AdapterDeletionEvent(Adapter adapter) {}
