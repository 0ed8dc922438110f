package io.lorahub.composition;

/** Names of adapters in the words of a page. */
final class DistinctNames {

    private DistinctNames() {}

    /** {@code un} of {@code lab-a/un}. */
    static String last(String address) {
        return address.substring(address.indexOf('/') + 1);
    }
}
