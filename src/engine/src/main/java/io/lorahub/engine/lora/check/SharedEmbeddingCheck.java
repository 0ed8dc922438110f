package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorScan;
import java.util.function.Consumer;

/**
 * T5's encoder and decoder hold their own references to the embedding {@code shared}. PEFT replaces only the attribute
 * {@code shared} with the adapted layer, which is never called: the factors get no gradient and change no output. Only
 * merge_and_unload would add them to the weight. LoraHub leaves them out, as in the adapter's training.
 */
public final class SharedEmbeddingCheck implements AdapterCheck {

    static final String SHARED = "shared";

    /** Whether PEFT never runs the adapted layer. */
    public static boolean isIdle(ModuleTensors module) {
        return module.isEmbedding() && module.module().equals(SHARED);
    }

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        ModuleTensors shared = adapter.modules().get(SHARED);
        if (shared == null || !shared.isEmbedding()) return;
        TensorData a = adapter.tensors().tensor(shared.a());
        if (TensorScan.isZero(a) || TensorScan.isZero(adapter.tensors().tensor(shared.b()))) {
            findings.accept(CheckFinding.info(
                    "shared-embedding-idle",
                    SHARED,
                    "The factors of shared are left out: PEFT never runs them, and they are zero."));
            return;
        }
        findings.accept(CheckFinding.warning(
                "shared-embedding-idle",
                SHARED,
                "The factors of shared are left out: while training and running a T5 model, PEFT never calls them.",
                "If you made them by hand and want them to take effect, merge them into the base model first."));
    }
}
