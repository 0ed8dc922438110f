package io.lorahub.composition.form;

import io.lorahub.composition.RunCandidate;

/**
 * A candidate on the form that starts a run, chosen or not.
 *
 * @param address {@code lab-a/un}, or with a version {@code lab-a/un@1.0.0}
 * @param why     why it is listed, in a few words
 */
public record ListedCandidate(String address, String why, boolean chosen) {

    /** Checks for deletion, because another adapter may have taken the address of a deleted one. */
    static ListedCandidate of(RunCandidate before) {
        return before.isDeleted()
                ? new ListedCandidate(before.addressWithVersion(), "In the earlier run; now deleted", false)
                : new ListedCandidate(before.addressWithVersion(), "In the earlier run", true);
    }

    /** The address without the version. */
    String adapter() {
        int at = address.indexOf('@');
        return at < 0 ? address : address.substring(0, at);
    }
}
