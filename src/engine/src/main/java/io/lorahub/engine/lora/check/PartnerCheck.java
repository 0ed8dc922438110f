package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.check.TensorName.Part;
import io.lorahub.engine.lora.config.CheckFinding;
import java.util.function.Consumer;

/** Checks that every A has its B, and that no module is adapted in two ways. */
final class PartnerCheck implements AdapterCheck {

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        if (adapter.modules().isEmpty()) {
            findings.accept(CheckFinding.error(
                    "no-lora-tensors",
                    "tensors",
                    "The file holds no LoRA factors (%d tensors)."
                            .formatted(adapter.tensors().names().size()),
                    "Save the adapter, not an empty state or the base model."));
        }
        adapter.modules().values().forEach(m -> check(m, findings));
    }

    private static void check(ModuleTensors m, Consumer<CheckFinding> findings) {
        boolean linear = m.has(Part.A) || m.has(Part.B) || m.has(Part.BIAS);
        if (linear && (m.has(Part.EMBEDDING_A) || m.has(Part.EMBEDDING_B))) {
            findings.accept(CheckFinding.error(
                    "two-kinds-of-factors",
                    m.module(),
                    "%s has the factors of a linear layer and of an embedding.".formatted(m.module()),
                    "Save the adapter again."));
            return;
        }
        if (linear) {
            partners(m, Part.A, Part.B, findings);
        } else {
            partners(m, Part.EMBEDDING_A, Part.EMBEDDING_B, findings);
        }
    }

    private static void partners(ModuleTensors m, Part a, Part b, Consumer<CheckFinding> findings) {
        if (!m.has(a)) findings.accept(missing(m, a));
        if (!m.has(b)) findings.accept(missing(m, b));
    }

    private static CheckFinding missing(ModuleTensors m, Part part) {
        String name = TensorName.of(m.module(), part);
        return CheckFinding.error(
                "partner-missing",
                name,
                "%s is missing, though its partner is there.".formatted(name),
                "The file is incomplete; save or upload it again.");
    }
}
