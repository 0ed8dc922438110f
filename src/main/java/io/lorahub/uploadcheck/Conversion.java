package io.lorahub.uploadcheck;

import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.checkpoint.TorchCheckpoint;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Converts pickled weights to safetensors, so that nobody needs to load a pickle.
 *
 * @param done whether the new file is next to the old one
 * @param results to report; empty if there was nothing to convert, or the weights cannot be read
 */
record Conversion(boolean done, List<CheckResult> results) {

    private static final String ID = "conversion";
    private static final String TITLE = "Weights as safetensors";
    private static final Conversion NONE = new Conversion(false, List.of());

    /** Tensors in a pickled file can share their numbers, so a few bytes could otherwise fill a disk. */
    private static final int MAX_GROWTH = 4;

    private static final long ALWAYS_TAKEN = 10_000_000;

    static Conversion in(Path folder) throws IOException {
        Path safetensors = folder.resolve(AdapterFolder.WEIGHTS.get(0));
        Path pickled = folder.resolve(AdapterFolder.WEIGHTS.get(1));
        if (Files.exists(safetensors) || !Files.exists(pickled)) return NONE;
        try (TorchCheckpoint checkpoint = TorchCheckpoint.open(pickled)) {
            long bytes = checkpoint.names().stream()
                    .mapToLong(name -> checkpoint.info(name).bytes())
                    .reduce(0, Math::addExact);
            if (bytes > Math.max(ALWAYS_TAKEN, MAX_GROWTH * Files.size(pickled))) return told(false, tooLarge(bytes));
            Map<String, TensorData> tensors = new LinkedHashMap<>();
            checkpoint.names().forEach(name -> tensors.put(name, checkpoint.tensor(name)));
            SafetensorsWriter.write(safetensors, tensors, Map.of("format", "pt"));
            return told(
                    true,
                    CheckFinding.info(
                            "converted",
                            AdapterFolder.WEIGHTS.get(1),
                            "adapter_model.bin was converted to adapter_model.safetensors; the original is not kept."));
        } catch (EngineException e) {
            return NONE; // the inspection reads the same file and reports the reason
        } catch (ArithmeticException e) {
            return told(false, tooLarge(Long.MAX_VALUE));
        }
    }

    private static Conversion told(boolean done, CheckFinding finding) {
        return new Conversion(done, List.of(CheckResult.of(ID, TITLE, List.of(finding))));
    }

    private static CheckFinding tooLarge(long bytes) {
        return CheckFinding.error(
                "conversion-too-large",
                AdapterFolder.WEIGHTS.get(1),
                "Its tensors share storage; as safetensors they would take %,d bytes.".formatted(bytes),
                "Save the adapter as safetensors with PEFT's save_pretrained, and send that.");
    }
}
