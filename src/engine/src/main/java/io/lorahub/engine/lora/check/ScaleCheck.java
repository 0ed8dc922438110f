package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.config.CheckFinding;
import java.util.function.Consumer;

/**
 * Checks the scale. With alpha 0 the adapter has no effect, which is hardly intended; a huge alpha gives outputs that
 * are not finite.
 */
final class ScaleCheck implements AdapterCheck {

    /** Typical scales are near 1. Up to this one, products of factors, activations and scale still fit a float32. */
    private static final double LARGEST = 1e6;

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        adapter.complete()
                .filter(m -> !(Math.abs(adapter.config().scaleOf(m.module())) <= LARGEST))
                .findFirst()
                .ifPresent(m -> findings.accept(CheckFinding.error(
                        "scale-too-large",
                        m.module(),
                        "The scale of %s is %.3g, so its outputs would not be finite."
                                .formatted(m.module(), adapter.config().scaleOf(m.module())),
                        "Set lora_alpha, r and their patterns to the values used in training.")));
        adapter.complete()
                .filter(m -> adapter.config().alphaOf(m.module()) == 0)
                .findFirst()
                .ifPresent(m -> findings.accept(CheckFinding.warning(
                        "alpha-zero",
                        m.module(),
                        "lora_alpha of %s is 0, so it changes nothing.".formatted(m.module()),
                        "Set lora_alpha or alpha_pattern to the value used in training.")));
    }
}
