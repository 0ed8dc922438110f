package io.lorahub.engine.lora;

import java.util.function.Consumer;

/** Checks that the configuration requests no feature that s·B·A cannot express. */
final class RefusedFeatureCheck implements AdapterCheck {

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> found) {
        RefusedFeature.ALL.forEach(
                feature -> feature.in(adapter.config().json()).ifPresent(found));
    }
}
