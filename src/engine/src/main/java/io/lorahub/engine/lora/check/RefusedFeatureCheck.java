package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.RefusedFeature;
import java.util.function.Consumer;

/** Checks that the configuration requests no feature that s·B·A cannot express. */
final class RefusedFeatureCheck implements AdapterCheck {

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        RefusedFeature.ALL.forEach(
                feature -> feature.in(adapter.config().json()).ifPresent(findings));
    }
}
