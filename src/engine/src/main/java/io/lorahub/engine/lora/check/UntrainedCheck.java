package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorScan;
import java.util.List;
import java.util.function.Consumer;

/** Checks that the adapter is trained. LoRA starts with B = 0; a B that is still zero has learnt nothing. */
final class UntrainedCheck implements AdapterCheck {

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        List<ModuleTensors> complete = adapter.acting().toList();
        List<String> untrained = complete.stream()
                .map(ModuleTensors::zeroAtStart)
                .filter(name -> isZero(adapter.tensors().tensor(name)))
                .toList();
        if (untrained.isEmpty()) return;
        String which = untrained.size() == complete.size()
                ? "in every module"
                : "in %d of %d modules, such as %s".formatted(untrained.size(), complete.size(), untrained.get(0));
        findings.accept(CheckFinding.warning(
                "untrained",
                untrained.get(0),
                "B is zero %s, as before any training.".formatted(which),
                "Check that the trained state was saved."));
    }

    private static boolean isZero(TensorData tensor) {
        return tensor.elements() > 0 && TensorScan.isZero(tensor);
    }
}
