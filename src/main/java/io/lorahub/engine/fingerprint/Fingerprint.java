package io.lorahub.engine.fingerprint;

import io.lorahub.engine.lora.LoraModule;
import java.util.Collection;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What stays the same of an adapter however its factors are written: A → cA with B → B/c, A → RA with B → BR⁻¹, zero
 * padding and any other rank leave every ΔW = s·B·A as it is, and so all that is kept here. Of each module there are
 * the singular values of ΔW and a sketch of its direction; both are free of its size, so that c·ΔW is found as well,
 * even with a c of its own in every module.
 *
 * @param modules by {@link ModulePrint#key}; without those where ΔW is zero, and {@value #MOST_MODULES} at most
 */
public record Fingerprint(SortedMap<Long, ModulePrint> modules) {

    /** From this similarity on, one adapter is called a near duplicate of another; docs/near-duplicates.md says why. */
    public static final double NEAR = 0.9;

    /**
     * Modules that are kept, so that an adapter of any number of them is compared in bounded time. Those with the
     * smallest keys, which are hashes: the same ones of all adapters that have these modules, and any of them as likely
     * as another.
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
     * From 0 to 1; 1 means that each ΔW of one adapter is a multiple of the other's. The mean over all modules that
     * either has of the cosine between the two ΔW, but no more than the same mean of how alike their singular values
     * are.
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

    /** Up to which it holds all modules that the adapter has. */
    private long lastKey() {
        return modules.size() < MOST_MODULES ? Long.MAX_VALUE : modules.lastKey();
    }
}
