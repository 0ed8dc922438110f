/**
 * Fingerprints of weights, by which copies are found even if their factors differ. Begin with {@code FingerprintIndex},
 * which finds weights that are similar; {@code Duplicates} finds their versions, {@code DuplicateCheck} reports them.
 *
 * <p>Only weights that share a bucket are compared. A report names only adapters that its reader can see.
 */
package io.lorahub.adapter.fingerprint;
