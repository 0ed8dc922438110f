/**
 * Fingerprints by which near duplicates are found; docs/near-duplicates.md explains them. Begin with
 * {@code Fingerprint}.
 *
 * <p>A fingerprint stays the same however ΔW is split into factors. Stored fingerprints depend on the random numbers
 * in {@code Mixing}, which must never change.
 */
package io.lorahub.engine.fingerprint;
