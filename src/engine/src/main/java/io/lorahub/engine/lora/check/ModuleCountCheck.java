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

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        if (!exceeds(adapter)) return;
        findings.accept(CheckFinding.error(
                "too-many-modules",
                "tensors",
                "The adapter changes %,d modules, whose names have %,d characters; at most %,d modules with names of %,d characters together are read."
                        .formatted(adapter.modules().size(), characters(adapter), MAX_MODULES, MAX_CHARACTERS),
                "Adapt fewer modules, such as those of the attention only."));
    }

    public static boolean exceeds(AdapterContents adapter) {
        return adapter.modules().size() > MAX_MODULES || characters(adapter) > MAX_CHARACTERS;
    }

    private static long characters(AdapterContents adapter) {
        return adapter.modules().keySet().stream().mapToLong(String::length).sum();
    }
}
