package io.lorahub.engine.checkpoint;

import io.lorahub.engine.safetensors.SafetensorsFile;
import io.lorahub.engine.safetensors.TensorSource;
import java.nio.file.Path;

/** One file of tensors, in either format. */
public final class WeightsFile {

    private WeightsFile() {}

    /** Opens a safetensors file if its name ends that way, otherwise a PyTorch checkpoint. */
    public static TensorSource open(Path file) {
        return isSafetensors(file) ? SafetensorsFile.open(file) : TorchCheckpoint.open(file);
    }

    static boolean isSafetensors(Path file) {
        return file.getFileName().toString().endsWith(".safetensors");
    }
}
