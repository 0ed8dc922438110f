package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.config.CheckFinding;
import java.util.function.Consumer;

/**
 * Checks that no more modules are adapted than the models have for which people publish adapters, because what is known
 * of an adapter has an entry for each. A mixture of experts has thousands: Qwen3-30B-A3B 18,624, of which 48 × 128 × 3
 * belong to experts.
 */
public final class ModuleCountCheck implements AdapterCheck {

    private static final int MAX_MODULES = 20_000;

    /** Characters of all their names, a hundred for each of them. */
    private static final long MAX_CHARACTERS = 100L * MAX_MODULES;

    /** Kinds of modules, which are the last parts of their names. Models have about twenty. */
    private static final int MAX_KINDS = 500;

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        if (!exceeds(adapter)) return;
        if (kinds(adapter) > MAX_KINDS) {
            findings.accept(CheckFinding.error(
                    "too-many-modules",
                    "tensors",
                    "The names of the modules end in %,d different ways; at most %,d kinds of modules are read."
                            .formatted(kinds(adapter), MAX_KINDS),
                    "Adapt modules such as q_proj and v_proj, by the names that they have in the base model."));
            return;
        }
        findings.accept(CheckFinding.error(
                "too-many-modules",
                "tensors",
                "The adapter changes %,d modules, whose names have %,d characters; at most %,d modules with names of %,d characters together are read."
                        .formatted(adapter.modules().size(), characters(adapter), MAX_MODULES, MAX_CHARACTERS),
                "Adapt fewer modules, such as those of the attention only."));
    }

    public static boolean exceeds(AdapterContents adapter) {
        return adapter.modules().size() > MAX_MODULES
                || characters(adapter) > MAX_CHARACTERS
                || kinds(adapter) > MAX_KINDS;
    }

    private static long kinds(AdapterContents adapter) {
        return adapter.modules().keySet().stream()
                .map(module -> module.substring(module.lastIndexOf('.') + 1))
                .distinct()
                .count();
    }

    private static long characters(AdapterContents adapter) {
        return adapter.modules().keySet().stream().mapToLong(String::length).sum();
    }
}
