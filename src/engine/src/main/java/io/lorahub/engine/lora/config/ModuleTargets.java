package io.lorahub.engine.lora.config;

import java.util.Optional;

/**
 * The modules of a model that PEFT would adapt.
 *
 * @param selector empty if the file does not specify one; then all modules match
 */
public record ModuleTargets(Optional<ModuleSelector> selector, Optional<ModuleSelector> excluded, LayerFilter layers) {

    public boolean covers(String module) {
        if (excluded.isPresent() && excluded.get().selects(module)) return false;
        if (selector.isEmpty()) return true;
        ModuleSelector selected = selector.get();
        if (selected instanceof ModuleSelector.Names names && names.lists(module)) return true;
        return selected.selects(module) && (!(selected instanceof ModuleSelector.Names) || layers.passes(module));
    }

    /**
     * Whether {@code exclude_modules} may leave a name of {@code target_modules} without any module. An expression may;
     * what it excludes depends on the model.
     */
    public boolean mayExclude(String name) {
        return excluded.map(selector -> !(selector instanceof ModuleSelector.Names names)
                        || names.selects(name)
                        || names.names().stream().anyMatch(other -> ModuleSelector.Names.isNamed(other, name)))
                .orElse(false);
    }

    /** The names in {@code target_modules}; empty if it is an expression. */
    public Optional<ModuleSelector.Names> names() {
        return selector.filter(s -> s instanceof ModuleSelector.Names).map(s -> (ModuleSelector.Names) s);
    }
}
