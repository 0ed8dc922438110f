package io.lorahub.engine.inspection;

import io.lorahub.engine.inspection.Inspection.Kind;
import io.lorahub.engine.lora.CheckFinding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a path seems to be, by the names of its files.
 *
 * @param place the folder or the zip to look into
 */
record Inspected(Path place, Kind kind) {

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
        boolean model =
                holds(path, "config.json", "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin");
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
