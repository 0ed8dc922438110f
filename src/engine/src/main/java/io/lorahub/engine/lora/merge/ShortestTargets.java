package io.lorahub.engine.lora.merge;

import io.lorahub.engine.lora.config.ModuleSelector;
import java.util.Collection;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Finds the shortest {@code target_modules} with which PEFT adapts exactly the given modules. PEFT matches an entry
 * against the whole name or the part after one of its dots.
 */
final class ShortestTargets {

    private ShortestTargets() {}

    /** @param all all modules of the base model; if empty, they are unknown and only whole names are safe */
    static SortedSet<String> exactly(Set<String> chosen, Collection<String> all) {
        SortedSet<String> targets = new TreeSet<>();
        for (String module : chosen) targets.add(all.isEmpty() ? module : shortest(module, chosen, all));
        return targets;
    }

    private static String shortest(String module, Set<String> chosen, Collection<String> all) {
        for (int dot = module.lastIndexOf('.'); dot > 0; dot = module.lastIndexOf('.', dot - 1)) {
            String suffix = module.substring(dot + 1);
            if (Character.isDigit(suffix.charAt(0))) continue; // "block.1.layer…" is clearer than "1.layer…"
            boolean onlyWanted = all.stream()
                    .filter(m -> ModuleSelector.Names.isNamed(m, suffix))
                    .allMatch(chosen::contains);
            if (onlyWanted) return suffix;
        }
        return module;
    }
}
