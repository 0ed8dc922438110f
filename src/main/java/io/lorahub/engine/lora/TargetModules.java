package io.lorahub.engine.lora;

import java.util.Collection;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The shortest {@code target_modules} by which PEFT adapts exactly the given modules: PEFT takes an entry for a whole
 * name or for what follows a dot of it.
 */
final class TargetModules {

    private TargetModules() {}

    /** @param all every module of the base model; where it is empty nobody knows, and only whole names are safe */
    static SortedSet<String> exactly(Set<String> wanted, Collection<String> all) {
        SortedSet<String> targets = new TreeSet<>();
        for (String module : wanted) targets.add(all.isEmpty() ? module : shortest(module, wanted, all));
        return targets;
    }

    private static String shortest(String module, Set<String> wanted, Collection<String> all) {
        for (int dot = module.lastIndexOf('.'); dot > 0; dot = module.lastIndexOf('.', dot - 1)) {
            String suffix = module.substring(dot + 1);
            if (Character.isDigit(suffix.charAt(0))) continue; // "block.1.layer…" says more than "1.layer…"
            boolean onlyWanted = all.stream()
                    .filter(m -> ModuleSelector.Names.isNamed(m, suffix))
                    .allMatch(wanted::contains);
            if (onlyWanted) return suffix;
        }
        return module;
    }
}
