package io.lorahub.uploadcheck;

import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.childprocess.ChildMain;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.checkpoint.TorchCheckpoint;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.fingerprint.FingerprintBytes;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.lora.FileHashes;
import io.lorahub.engine.lora.check.BaseCopies;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.tokenizer.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The process that reads the files of uploads, and of the base models that they name. */
public final class CheckMain {

    private CheckMain() {}

    public static void main(String[] args) throws InterruptedException, IOException {
        ChildMain.serve(CheckQuestion.class, CheckMain::answer);
    }

    private static Object answer(CheckQuestion question) throws IOException {
        if (question instanceof CheckQuestion.Shapes shapes) return shapes(Path.of(shapes.folder()));
        if (question instanceof CheckQuestion.WeightHash weight) return hash(weight);
        return check((CheckRequest) question);
    }

    private static CheckQuestion.ShapesAnswer shapes(Path folder) {
        try (BaseModel model = BaseModel.open(folder)) {
            Map<String, TensorInfo> tensors = new LinkedHashMap<>();
            model.weights()
                    .names()
                    .forEach(name -> tensors.put(name, model.weights().info(name)));
            // as [out, in], whatever way they are stored
            model.config()
                    .modules()
                    .forEach((module, shape) -> tensors.computeIfPresent(
                            module + ".weight", (name, info) -> new TensorInfo(info.dtype(), shape)));
            return new CheckQuestion.ShapesAnswer(tensors);
        }
    }

    private static CheckQuestion.WeightHashAnswer hash(CheckQuestion.WeightHash weight) {
        try (BaseModel model = BaseModel.open(Path.of(weight.folder()))) {
            return new CheckQuestion.WeightHashAnswer(
                    BaseCopies.sha256(model.weights(), weight.weight(), weight.type()));
        }
    }

    private static CheckResponse check(CheckRequest request) throws IOException {
        Path folder = Path.of(request.folder());
        Map<String, String> sha256;
        try (Stream<Path> files = Files.list(folder)) {
            sha256 = FileHashes.of(files.toList());
        }
        Conversion conversion = Conversion.in(folder);
        CheckReport checkup =
                CheckReport.of(folder, Optional.ofNullable(request.base()).map(BaseShapes::new), request.whyNoBase());
        List<CheckResult> checks = new ArrayList<>(checkup.checks());
        checks.addAll(conversion.results());
        byte[] fingerprint = checkup.fingerprint().map(FingerprintBytes::of).orElse(null);
        return new CheckResponse(checkup.facts(), checks, fingerprint, conversion.done(), sha256, copies(folder));
    }

    private static SortedMap<String, BaseCopies.Hash> copies(Path folder) {
        try (AdapterFolder adapter = AdapterFolder.open(folder)) {
            return BaseCopies.hashes(adapter.weights(), JsonFile.read(adapter.config()));
        } catch (EngineException e) {
            return new TreeMap<>(); // the inspection reports the reason
        }
    }

    /**
     * Converts pickled weights to safetensors, so that nobody needs to load a pickle.
     *
     * @param done whether the new file is next to the old one
     * @param results to report; empty if there was nothing to convert, or the weights cannot be read
     */
    private record Conversion(boolean done, List<CheckResult> results) {

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
                if (bytes > Math.max(ALWAYS_TAKEN, MAX_GROWTH * Files.size(pickled)))
                    return reporting(false, tooLarge(bytes));
                Map<String, TensorData> tensors = new LinkedHashMap<>();
                checkpoint.names().forEach(name -> tensors.put(name, checkpoint.tensor(name)));
                SafetensorsWriter.write(safetensors, tensors, Map.of("format", "pt"));
                return reporting(
                        true,
                        CheckFinding.info(
                                "converted",
                                AdapterFolder.WEIGHTS.get(1),
                                "adapter_model.bin was converted to adapter_model.safetensors; the original is not kept."));
            } catch (EngineException e) {
                return NONE; // the inspection reads the same file and reports the reason
            } catch (ArithmeticException e) {
                return reporting(false, tooLarge(Long.MAX_VALUE));
            }
        }

        private static Conversion reporting(boolean done, CheckFinding finding) {
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
}
