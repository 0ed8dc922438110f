package io.lorahub.engine.lora.check;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.safetensors.TensorScan;
import java.util.function.Consumer;

/** Checks that no number is NaN or infinite: a single one corrupts every output. */
final class FiniteCheck implements AdapterCheck {

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        adapter.modules().values().forEach(m -> m.names().values().forEach(name -> check(adapter, name, findings)));
        BaseCopies.saved(adapter.tensors(), adapter.config()).forEach(name -> check(adapter, name, findings));
    }

    private static void check(AdapterContents adapter, String name, Consumer<CheckFinding> findings) {
        try {
            if (adapter.tensors().rows(name).allMatch(rows -> TensorScan.isFinite(rows.data()))) return;
            findings.accept(CheckFinding.error(
                    "not-finite",
                    name,
                    "%s contains NaN or infinite numbers.".formatted(name),
                    "The training diverged, or the file is damaged; use an earlier checkpoint."));
        } catch (EngineException e) {
            findings.accept(CheckFinding.error("tensor-unreadable", name, e.getMessage(), ""));
        }
    }
}
