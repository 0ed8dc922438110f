package io.lorahub.engine.inspection;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.TensorScan;
import io.lorahub.engine.safetensors.TensorSource;
import java.util.Set;
import java.util.function.Consumer;

/** Checks that the weights are F32, F16 or BF16, and that none of them is NaN or infinite. */
final class ModelNumbersCheck implements ModelCheck {

    @Override
    public void check(ModelContents model, Consumer<CheckFinding> findings) {
        if (model.tensors().isEmpty()) return;
        TensorSource tensors = model.tensors().get();
        // files of older versions also hold buffers, such as causal masks, that no model reads
        Set<String> read = model.config()
                .filter(ModelTensorsCheck::isPossible)
                .map(config -> config.shapes().keySet())
                .orElse(tensors.names());
        tensors.names().stream().filter(read::contains).forEach(name -> check(tensors, name, findings));
    }

    private static void check(TensorSource tensors, String name, Consumer<CheckFinding> findings) {
        DType dtype = tensors.info(name).dtype();
        if (dtype != DType.F32 && dtype != DType.F16 && dtype != DType.BF16) {
            findings.accept(CheckFinding.error(
                    "dtype-unsupported",
                    name,
                    "%s is of type %s.".formatted(name, dtype),
                    "Save the model in F32, F16 or BF16; quantised models cannot be run."));
            return;
        }
        try {
            if (tensors.rows(name).allMatch(rows -> TensorScan.isFinite(rows.data()))) return;
            findings.accept(CheckFinding.error(
                    "not-finite",
                    name,
                    "%s contains NaN or infinite numbers.".formatted(name),
                    "The file is damaged, or F16 was too narrow for the weights; get it again, or as F32."));
        } catch (EngineException e) {
            findings.accept(CheckFinding.error("tensor-unreadable", name, e.getMessage(), ""));
        }
    }
}
