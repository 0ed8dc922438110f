package io.lorahub.engine.lora;

import java.util.function.Consumer;

/** With alpha 0 the adapter does nothing, which is hardly meant; with a huge one its outputs are no numbers. */
final class ScaleCheck implements AdapterCheck {

    /** Scales are near 1. Products of factors, activations and this one still fit a float32. */
    private static final double LARGEST = 1e6;

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> found) {
        adapter.complete()
                .filter(m -> !(Math.abs(adapter.config().scaleOf(m.module())) <= LARGEST))
                .findFirst()
                .ifPresent(m -> found.accept(CheckFinding.error(
                        "scale-too-large",
                        m.module(),
                        "The scale of %s is %.3g, and its outputs would be no numbers."
                                .formatted(m.module(), adapter.config().scaleOf(m.module())),
                        "Set lora_alpha, r and their patterns to the values of the training.")));
        adapter.complete()
                .filter(m -> adapter.config().alphaOf(m.module()) == 0)
                .findFirst()
                .ifPresent(m -> found.accept(CheckFinding.warning(
                        "alpha-zero",
                        m.module(),
                        "lora_alpha of %s is 0, so it changes nothing.".formatted(m.module()),
                        "Set lora_alpha or alpha_pattern to the value of the training.")));
    }
}
