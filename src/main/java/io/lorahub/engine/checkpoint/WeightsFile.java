package io.lorahub.engine.checkpoint;

import io.lorahub.engine.safetensors.SafetensorsFile;
import io.lorahub.engine.safetensors.TensorSource;
import java.nio.file.Path;

/** One file of tensors, of either format. */
public final class WeightsFile {

    private WeightsFile() {}

    /** A safetensors file if it is called so, otherwise a PyTorch checkpoint. */
    public static TensorSource open(Path file) {
        return isSafetensors(file) ? SafetensorsFile.open(file) : TorchCheckpoint.open(file);
    }

    static boolean isSafetensors(Path file) {
        return file.getFileName().toString().endsWith(".safetensors");
    }
}
