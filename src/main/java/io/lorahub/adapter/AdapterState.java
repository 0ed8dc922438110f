package io.lorahub.adapter;

import java.util.Locale;

/** What moderation says of an adapter. */
public enum AdapterState {
    ACTIVE,
    /** Visible as before; the owner was asked to mend something. */
    CHANGES_REQUESTED,
    /** Seen by its publisher's members and moderators only. */
    TAKEN_DOWN;

    /** As the API writes it, such as {@code taken-down}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
