package io.lorahub.engine.fingerprint;

import io.lorahub.engine.lora.LoraModule;
import java.util.Collection;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What stays the same of an adapter however its factors are written: A → cA with B → B/c, A → RA with B → BR⁻¹, zero
 * padding and any other rank leave every ΔW = s·B·A as it is, and so all that is kept here. Of each module there are
 * the singular values of ΔW and a sketch of its direction; both are free of its size, so that c·ΔW is found as well,
 * even with a c of its own in every module.
 *
 * @param modules by {@link ModulePrint#key}; without those where ΔW is zero
 */
public record Fingerprint(SortedMap<Long, ModulePrint> modules) {

    /** From this similarity on, one adapter is called a near duplicate of another; docs/near-duplicates.md says why. */
    public static final double NEAR = 0.9;

    public static Fingerprint of(Collection<LoraModule> modules) {
        SortedMap<Long, ModulePrint> prints = new TreeMap<>();
        for (LoraModule module : modules) {
            ModulePrint.of(module).ifPresent(print -> prints.put(ModulePrint.key(module), print));
        }
        return new Fingerprint(prints);
    }

    /**
     * From 0 to 1, which means that each ΔW of one is a multiple of the other's. The mean over all modules that either
     * has of the cosine between the two ΔW, but no more than the same mean of how alike their singular values are.
     */
    public double similarity(Fingerprint other) {
        Set<Long> all = new TreeSet<>(modules.keySet());
        all.addAll(other.modules.keySet());
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
}
