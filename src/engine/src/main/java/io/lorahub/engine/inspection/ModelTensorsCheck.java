package io.lorahub.engine.inspection;

import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.safetensors.TensorSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Checks that all tensors required by the configuration are present with the right shape, and that layers have no others. */
final class ModelTensorsCheck implements ModelCheck {

    /** Large models have about 100 layers. The limit keeps a hostile file from filling the memory with names. */
    private static final int MAX_LAYERS = 1_000;

    /** Of a module that could belong to the computation of a layer; buffers such as {@code inv_freq} don't. */
    private static final Pattern WEIGHT_OF_LAYER = Pattern.compile(".*\\.\\d+\\..*\\.weight");

    /** Early T5 checkpoints have it, and transformers ignores it, too. */
    private static final String OF_OLD_T5 = ".EncDecAttention.relative_attention_bias.weight";

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
        Map<String, long[]> shapes = config.shapes();
        shapes.forEach((name, shape) -> check(tensors, name, shape, findings));
        List<String> unread = tensors.names().stream()
                .filter(name -> WEIGHT_OF_LAYER.matcher(name).matches() && !shapes.containsKey(name))
                .filter(name -> !name.endsWith(OF_OLD_T5))
                .sorted()
                .toList();
        if (unread.isEmpty()) return;
        findings.accept(CheckFinding.warning(
                "tensors-unread",
                unread.get(0),
                "%s%s is not read: a model of the family %s has no such module."
                        .formatted(
                                unread.get(0),
                                unread.size() == 1 ? "" : " (one of %,d such tensors)".formatted(unread.size()),
                                config.modelType()),
                "If it was trained with that, it writes something else here than in its own program."));
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
