package io.lorahub.engine.inspection;

import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.safetensors.TensorSource;
import java.util.Arrays;
import java.util.function.Consumer;

/** Checks that all tensors required by the configuration are present with the right shape. */
final class ModelTensorsCheck implements ModelCheck {

    /** Large models have about 100 layers. The limit keeps a hostile file from filling the memory with names. */
    private static final int MAX_LAYERS = 1_000;

    @Override
    public void check(ModelContents model, Consumer<CheckFinding> findings) {
        if (model.config().isEmpty() || model.tensors().isEmpty()) return;
        ModelConfig config = model.config().get();
        if (!isPossible(config)) {
            int layers = config.depth();
            findings.accept(CheckFinding.error(
                    "config-size",
                    "num_layers",
                    "config.json says that there are %d layers.".formatted(layers),
                    "At most %d are supported.".formatted(MAX_LAYERS)));
            return;
        }
        TensorSource tensors = model.tensors().get();
        config.shapes().forEach((name, shape) -> check(tensors, name, shape, findings));
    }

    static boolean isPossible(ModelConfig config) {
        return config.depth() <= MAX_LAYERS;
    }

    private static void check(TensorSource tensors, String name, long[] expected, Consumer<CheckFinding> findings) {
        if (!tensors.names().contains(name)) {
            findings.accept(CheckFinding.error(
                    "tensor-missing",
                    name,
                    "The tensor %s is missing.".formatted(name),
                    "The weights are incomplete, or config.json belongs to another model."));
            return;
        }
        long[] shape = tensors.info(name).shape();
        if (!Arrays.equals(shape, expected)) {
            findings.accept(CheckFinding.error(
                    "tensor-shape",
                    name,
                    "%s has the shape %s, but config.json calls for %s."
                            .formatted(name, Arrays.toString(shape), Arrays.toString(expected)),
                    "Weights and config.json belong to different models."));
        }
    }
}
