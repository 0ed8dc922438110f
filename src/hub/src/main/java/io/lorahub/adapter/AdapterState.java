package io.lorahub.adapter;

import io.lorahub.engine.names.EnumNames;

/** The moderation state of an adapter. */
public enum AdapterState {
    ACTIVE,
    /** Visible as before; the owner has been asked to correct something. */
    CHANGES_REQUESTED,
    /** Visible only to its publisher's members and moderators. */
    TAKEN_DOWN;

    /** The state as used in the API, such as {@code taken-down}. */
    public String word() {
        return EnumNames.of(this);
    }
}
