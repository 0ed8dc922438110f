package io.lorahub.adapter;

/** What moderation says of an adapter. */
public enum AdapterState {
    ACTIVE,
    /** Visible as before; the owner was asked to mend something. */
    CHANGES_REQUESTED,
    /** Seen by its publisher's members and moderators only. */
    TAKEN_DOWN
}
