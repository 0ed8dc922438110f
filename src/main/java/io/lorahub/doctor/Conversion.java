package io.lorahub.doctor;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.checkpoint.TorchCheckpoint;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.lora.Finding;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes safetensors of pickled weights, which nobody should have to load. */
final class Conversion {

    private static final String ID = "conversion";
    private static final String TITLE = "Weights as safetensors";

    private Conversion() {}

    /** The new file beside the old one; empty where there is nothing to convert, or what is there cannot be read. */
    static Optional<Path> in(Path folder) {
        Path safetensors = folder.resolve(AdapterFolder.WEIGHTS.get(0));
        Path pickled = folder.resolve(AdapterFolder.WEIGHTS.get(1));
        if (Files.exists(safetensors) || !Files.exists(pickled)) return Optional.empty();
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(pickled)) {
            Map<String, TensorData> tensors = new LinkedHashMap<>();
            checkpoint.names().forEach(name -> tensors.put(name, checkpoint.tensor(name)));
            SafetensorsWriter.write(safetensors, tensors, Map.of("format", "pt"));
            return Optional.of(safetensors);
        } catch (EngineException e) {
            return Optional.empty(); // the inspection reads the same file and says why
        }
    }

    static CheckResult result(boolean converted) {
        List<Finding> findings = converted
                ? List.of(Finding.info(
                        "converted",
                        AdapterFolder.WEIGHTS.get(1),
                        "adapter_model.bin was converted to adapter_model.safetensors; the original is not kept."))
                : List.of();
        return CheckResult.of(ID, TITLE, findings);
    }
}
