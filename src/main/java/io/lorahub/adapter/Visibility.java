package io.lorahub.adapter;

/** Who finds an adapter: its publisher's members, whoever has the address, everybody. */
public enum Visibility {
    PRIVATE,
    UNLISTED,
    PUBLIC
}
