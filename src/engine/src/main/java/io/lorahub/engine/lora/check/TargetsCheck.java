package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.ModuleSelector;
import io.lorahub.engine.lora.config.ModuleTargets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Checks that the tensors and target_modules agree. PEFT drops tensors of modules that it does not target, so they
 * would have an effect here but not in PEFT.
 */
final class TargetsCheck implements AdapterCheck {

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        ModuleTargets targets = adapter.config().targets();
        if (targets.selector().isEmpty()) {
            findings.accept(CheckFinding.warning(
                    "targets-missing",
                    "target_modules",
                    "The configuration has no target_modules.",
                    "The modules are taken from the tensors; name them so that PEFT does the same."));
        }
        for (String module : adapter.modules().keySet()) {
            if (!targets.covers(module)) {
                findings.accept(CheckFinding.error(
                        "not-targeted",
                        module,
                        "There are tensors for %s, which the configuration does not target; PEFT ignores them."
                                .formatted(module),
                        "Add it to target_modules, or remove its tensors."));
            }
        }
        targets.names().ifPresent(names -> withoutTensors(names, adapter, findings));
    }

    private static void withoutTensors(
            ModuleSelector.Names names, AdapterContents adapter, Consumer<CheckFinding> findings) {
        Set<String> named = new HashSet<>();
        adapter.modules().keySet().forEach(module -> named.addAll(names.naming(module)));
        for (String name : names.names()) {
            if (!named.contains(name) && !adapter.config().targets().mayExclude(name)) {
                findings.accept(CheckFinding.warning(
                        "target-without-tensors",
                        name,
                        "target_modules names %s, but the file has no tensors for it.".formatted(name),
                        "If the base model has such modules, the file is incomplete; otherwise remove the name."));
            }
        }
    }
}
