package io.lorahub.engine.checkpoint;

import io.lorahub.engine.safetensors.TensorSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The weights of a model in Hugging Face layout. */
public final class ModelFolder {

    /** File names in order of preference. */
    private static final List<String> WEIGHTS = List.of(
            "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json");

    private static final List<String> FOREIGN = List.of("flax_model.msgpack", "tf_model.h5", "rust_model.ot");

    private ModelFolder() {}

    public static TensorSource open(Path folder) {
        if (!Files.exists(folder)) throw CheckpointException.unusable(folder, "there is no such folder");
        if (!Files.isDirectory(folder)) {
            throw CheckpointException.unusable(
                    folder,
                    "it is a file; a model is a folder with config.json," + " tokenizer.json and model.safetensors");
        }
        Path weights = first(folder, WEIGHTS).orElseThrow(() -> nothing(folder));
        return weights.toString().endsWith(".json") ? ShardedWeights.open(weights) : WeightsFile.open(weights);
    }

    /** Whether the folder has weights that {@link #open} can read. */
    public static boolean hasWeights(Path folder) {
        return first(folder, WEIGHTS).isPresent();
    }

    private static CheckpointException nothing(Path folder) {
        if (Files.exists(folder.resolve("adapter_config.json"))) {
            return CheckpointException.unusable(folder, "it is an adapter; a base model is needed here");
        }
        return first(folder, FOREIGN)
                .map(f -> CheckpointException.unusable(
                        folder,
                        "its weights exist only as %s; save the model as safetensors".formatted(f.getFileName())))
                .orElseGet(() -> CheckpointException.unusable(
                        folder,
                        "it has no weights (none of %s); add them, or save the model again as safetensors"
                                .formatted(String.join(", ", WEIGHTS))));
    }

    private static Optional<Path> first(Path folder, List<String> names) {
        return names.stream().map(folder::resolve).filter(Files::exists).findFirst();
    }
}
