/**
 * Fingerprints for finding near duplicates; docs/near-duplicates.md explains them. Begin with {@code Fingerprint}.
 *
 * <p>A fingerprint does not depend on how ΔW is split into factors. Stored fingerprints depend on the random numbers in
 * {@code Mixing}, which must never change.
 */
package io.lorahub.engine.fingerprint;
