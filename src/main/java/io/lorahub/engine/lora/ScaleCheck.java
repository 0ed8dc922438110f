package io.lorahub.engine.lora;

import java.util.function.Consumer;

/** With alpha 0 the adapter does nothing, which is hardly meant. */
final class ScaleCheck implements AdapterCheck {

    @Override
    public void check(AdapterContents adapter, Consumer<Finding> found) {
        adapter.complete()
                .filter(m -> adapter.config().alphaOf(m.module()) == 0)
                .findFirst()
                .ifPresent(m -> found.accept(Finding.warning(
                        "alpha-zero",
                        m.module(),
                        "lora_alpha of %s is 0, so it changes nothing.".formatted(m.module()),
                        "Set lora_alpha or alpha_pattern to the value of the training.")));
    }
}
