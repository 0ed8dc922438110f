package io.lorahub.engine.fingerprint;

/**
 * Pseudo-random numbers that must remain the same on every machine and in every release: stored fingerprints depend on
 * them.
 */
final class Mixing {

    private Mixing() {}

    /** The output function of SplitMix64 (Steele, Lea and Flood 2014). */
    static long mix(long z) {
        z += 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
