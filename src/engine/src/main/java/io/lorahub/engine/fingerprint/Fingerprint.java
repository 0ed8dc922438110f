package io.lorahub.engine.fingerprint;

import io.lorahub.engine.lora.check.LoraModule;
import java.util.Collection;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The properties of an adapter that do not depend on how its factors are written. A → cA with B → B/c, A → RA with B →
 * BR⁻¹, zero padding and any other rank leave every ΔW = s·B·A unchanged, and so the fingerprint too. It contains the
 * singular values of ΔW and a sketch of its direction for each module. Both are independent of the magnitude, so c·ΔW
 * is found as well, even with a different c in every module.
 *
 * @param modules by {@link ModulePrint#key}; without modules whose ΔW is zero, and {@value #MOST_MODULES} at most
 */
public record Fingerprint(SortedMap<Long, ModulePrint> modules) {

    /**
     * Similarity from which an adapter counts as a near duplicate of another; docs/near-duplicates.md explains the
     * choice.
     */
    public static final double NEAR = 0.9;

    /**
     * Maximum number of modules kept, so that the time to compare adapters is bounded. The modules with the smallest
     * keys are kept. Keys are hashes, so every module is equally likely to be kept, and adapters that have the same
     * modules keep the same ones.
     */
    static final int MOST_MODULES = 2_048;

    public Fingerprint {
        if (modules.size() > MOST_MODULES) {
            SortedMap<Long, ModulePrint> kept = new TreeMap<>();
            modules.entrySet().stream()
                    .limit(MOST_MODULES)
                    .forEach(module -> kept.put(module.getKey(), module.getValue()));
            modules = kept;
        }
    }

    public static Fingerprint of(Collection<LoraModule> modules) {
        SortedMap<Long, LoraModule> byKey = new TreeMap<>();
        modules.forEach(module -> byKey.put(ModulePrint.key(module), module));
        SortedMap<Long, ModulePrint> prints = new TreeMap<>();
        for (var module : byKey.entrySet()) {
            if (prints.size() == MOST_MODULES) break;
            ModulePrint.of(module.getValue()).ifPresent(print -> prints.put(module.getKey(), print));
        }
        return new Fingerprint(prints);
    }

    /**
     * Similarity from 0 to 1; 1 means that each ΔW of one adapter is a multiple of the other's. It is the mean cosine
     * between the two ΔW over all modules that either adapter has, limited by the corresponding mean similarity of
     * their singular values.
     */
    public double similarity(Fingerprint other) {
        long last = Math.min(lastKey(), other.lastKey());
        SortedSet<Long> all = new TreeSet<>(modules.keySet());
        all.addAll(other.modules.keySet());
        all.removeIf(key -> key > last);
        if (all.isEmpty()) return 0;
        double direction = 0;
        double spectrum = 0;
        for (Long key : all) {
            ModulePrint mine = modules.get(key);
            ModulePrint theirs = other.modules.get(key);
            if (mine == null || theirs == null) continue;
            direction += mine.direction(theirs);
            spectrum += mine.spectrum(theirs);
        }
        return Math.min(direction, spectrum) / all.size();
    }

    /** Largest key up to which this fingerprint contains all modules of the adapter. */
    private long lastKey() {
        return modules.size() < MOST_MODULES ? Long.MAX_VALUE : modules.lastKey();
    }
}
