package io.lorahub.engine.lora.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Selects modules as PEFT does: by a list of names or last parts of names, or by one expression for the whole name. */
public sealed interface ModuleSelector {

    boolean selects(String module);

    final class Names implements ModuleSelector {

        private final Set<String> names;
        private final int longest;

        public Names(Collection<String> names) {
            this.names = new LinkedHashSet<>(names);
            longest = names.stream().mapToInt(String::length).max().orElse(0);
        }

        @Override
        public boolean selects(String module) {
            return !naming(module).isEmpty();
        }

        /**
         * Returns the entries that match the whole module name or the part after a dot. The number of steps depends on
         * the dots in the name, not on the number of entries.
         */
        public List<String> naming(String module) {
            List<String> matches = new ArrayList<>();
            if (names.contains(module)) matches.add(module);
            for (int dot = module.lastIndexOf('.'); dot >= 0; dot = module.lastIndexOf('.', dot - 1)) {
                if (module.length() - dot - 1 > longest) break;
                String last = module.substring(dot + 1);
                if (names.contains(last)) matches.add(last);
            }
            return matches;
        }

        public boolean lists(String module) {
            return names.contains(module);
        }

        public Set<String> names() {
            return names;
        }

        public static boolean isNamed(String module, String name) {
            return module.equals(name) || module.endsWith("." + name);
        }
    }

    record Expression(BoundedPattern pattern) implements ModuleSelector {
        @Override
        public boolean selects(String module) {
            return pattern.matches(module);
        }
    }

    /**
     * {@code all-linear}: every linear layer except the output embedding. Embeddings are recognised by their tensors.
     */
    record AllLinear() implements ModuleSelector {
        @Override
        public boolean selects(String module) {
            return !Names.isNamed(module, "lm_head");
        }
    }
}
