package io.lorahub.engine.lora;

import java.util.List;

/** How PEFT names modules: by a list of names or last parts of names, or by one expression for the whole name. */
sealed interface ModuleSelector {

    boolean selects(String module);

    record Names(List<String> names) implements ModuleSelector {
        @Override
        public boolean selects(String module) {
            return names.stream().anyMatch(n -> isNamed(module, n));
        }

        boolean lists(String module) {
            return names.contains(module);
        }

        static boolean isNamed(String module, String name) {
            return module.equals(name) || module.endsWith("." + name);
        }
    }

    record Expression(BoundedPattern pattern) implements ModuleSelector {
        @Override
        public boolean selects(String module) {
            return pattern.matches(module);
        }
    }

    /** {@code all-linear}: every linear layer but the output embedding. Embeddings are told apart by their tensors. */
    record AllLinear() implements ModuleSelector {
        @Override
        public boolean selects(String module) {
            return !Names.isNamed(module, "lm_head");
        }
    }
}
