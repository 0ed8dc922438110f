package io.lorahub.engine.inspection;

import io.lorahub.engine.lora.AdapterReading;
import io.lorahub.engine.lora.AdapterSummary;
import io.lorahub.engine.lora.check.BaseFit;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.safetensors.TensorSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Describes an adapter or a base model with all its faults. Also works on broken files.
 *
 * @param adapter empty for a base model, or if the files cannot be read at all
 * @param model   empty for an adapter, or if the files cannot be read at all
 */
public record Inspection(
        Path path,
        Kind kind,
        List<CheckFinding> findings,
        Optional<AdapterSummary> adapter,
        Optional<ModelSummary> model) {

    /** Prefix of the codes of findings about the base model that an adapter is compared with. */
    static final String OF_BASE = "base-";

    public enum Kind {
        ADAPTER,
        BASE_MODEL,
        UNKNOWN
    }

    /** Inspects a folder, a zip, or one of the files of an adapter or base model. */
    public static Inspection of(Path path) {
        Inspected inspected = Inspected.at(path);
        return switch (inspected.kind()) {
            case ADAPTER -> ofAdapter(inspected.place());
            case BASE_MODEL -> ofModel(inspected.place());
            case UNKNOWN ->
                new Inspection(path, Kind.UNKNOWN, List.of(inspected.whyUnknown()), Optional.empty(), Optional.empty());
        };
    }

    /** Inspects an adapter and checks that it fits a base model. */
    public static Inspection of(Path adapter, Path baseModel) {
        try (AdapterReading reading = new AdapterReading(adapter);
                ModelReading base = new ModelReading(baseModel)) {
            List<CheckFinding> findings =
                    new ArrayList<>(base.tensors().map(reading::findings).orElseGet(reading::findings));
            base.findings().stream()
                    .filter(CheckFinding::isError)
                    .map(Inspection::ofBase)
                    .forEach(findings::add);
            // as commands that open the model do
            base.config()
                    .filter(config -> base.tensors().isPresent())
                    .map(config -> reading.misfits(new BaseFit(config.modules(), config.tables())))
                    .or(() -> base.tensors().map(reading::misfits))
                    .ifPresent(findings::addAll);
            return new Inspection(adapter, Kind.ADAPTER, List.copyOf(findings), reading.summary(), base.summary());
        }
    }

    /** Whether the adapter or model can be used. */
    public boolean sound() {
        return findings.stream().noneMatch(CheckFinding::isError);
    }

    /** Inspects an adapter and checks that it fits a base model that is known to be sound. */
    public static Inspection of(Path adapter, TensorSource baseModel) {
        try (AdapterReading reading = new AdapterReading(adapter)) {
            List<CheckFinding> findings = new ArrayList<>(reading.findings(baseModel));
            findings.addAll(reading.misfits(baseModel));
            return new Inspection(adapter, Kind.ADAPTER, List.copyOf(findings), reading.summary(), Optional.empty());
        }
    }

    /** Inspects a path as an adapter, whatever its files are called. */
    public static Inspection ofAdapter(Path path) {
        try (AdapterReading reading = new AdapterReading(path)) {
            return new Inspection(path, Kind.ADAPTER, reading.findings(), reading.summary(), Optional.empty());
        }
    }

    private static CheckFinding ofBase(CheckFinding f) {
        return new CheckFinding(f.severity(), OF_BASE + f.code(), f.subject(), f.message(), f.fix());
    }

    private static Inspection ofModel(Path folder) {
        try (ModelReading reading = new ModelReading(folder)) {
            return new Inspection(folder, Kind.BASE_MODEL, reading.findings(), Optional.empty(), reading.summary());
        }
    }

    /**
     * The apparent content of a path, judged by its file names.
     *
     * @param place the folder or zip to inspect
     */
    private record Inspected(Path place, Kind kind) {

        static Inspected at(Path path) {
            String name = path.toAbsolutePath().normalize().getFileName() == null
                    ? ""
                    : path.toAbsolutePath().normalize().getFileName().toString();
            if (Files.isRegularFile(path)) {
                if (name.toLowerCase(Locale.ROOT).endsWith(".zip")) return new Inspected(path, Kind.ADAPTER);
                Kind kind = isAdapterFile(name) ? Kind.ADAPTER : isModelFile(name) ? Kind.BASE_MODEL : Kind.UNKNOWN;
                return new Inspected(
                        kind == Kind.UNKNOWN ? path : path.toAbsolutePath().getParent(), kind);
            }
            if (holds(path, "adapter_config.json", "adapter_model.safetensors", "adapter_model.bin")) {
                return new Inspected(path, Kind.ADAPTER);
            }
            boolean model = holds(
                    path, "config.json", "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin");
            return new Inspected(path, model ? Kind.BASE_MODEL : Kind.UNKNOWN);
        }

        CheckFinding whyUnknown() {
            String message = Files.exists(place)
                    ? "%s is neither an adapter (adapter_config.json) nor a base model (config.json).".formatted(place)
                    : "There is no %s.".formatted(place);
            return CheckFinding.error(
                    "nothing-to-inspect",
                    place.toString(),
                    message,
                    "Name the folder or the zip of an adapter, or the folder of a base model.");
        }

        private static boolean holds(Path folder, String... files) {
            return Stream.of(files).anyMatch(f -> Files.isRegularFile(folder.resolve(f)));
        }

        private static boolean isAdapterFile(String name) {
            return name.startsWith("adapter_config.") || name.startsWith("adapter_model.");
        }

        private static boolean isModelFile(String name) {
            return name.equals("config.json")
                    || name.startsWith("model.")
                    || name.startsWith("model-")
                    || name.startsWith("pytorch_model");
        }
    }
}
