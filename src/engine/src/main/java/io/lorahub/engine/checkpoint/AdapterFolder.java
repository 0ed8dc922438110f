package io.lorahub.engine.checkpoint;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.safetensors.TensorSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The two files of an adapter in PEFT's layout, from a folder or a zip. A zip is unpacked to a temporary folder, which
 * {@link #close()} deletes.
 */
public final class AdapterFolder implements AutoCloseable {

    public static final String CONFIG = "adapter_config.json";
    public static final List<String> WEIGHTS = List.of("adapter_model.safetensors", "adapter_model.bin");
    private static final String CONTENTS =
            "a PEFT adapter has adapter_config.json and adapter_model.safetensors (or adapter_model.bin)";

    private final Path path;
    private final Path config;
    private final Path weightsFile;
    private final TensorSource weights;
    private final Optional<TemporaryFolder> unpacked;

    private AdapterFolder(Path path, Path folder, Optional<TemporaryFolder> unpacked) {
        this.path = path;
        this.unpacked = unpacked;
        config = folder.resolve(CONFIG);
        weightsFile = weightsFile(path, folder);
        if (!Files.isRegularFile(config))
            throw CheckpointException.unusable(path, "%s is missing; %s".formatted(CONFIG, CONTENTS));
        weights = WeightsFile.open(weightsFile);
    }

    /** @param path the folder, a zip of it, or one of its files */
    public static AdapterFolder open(Path path) {
        return open(path, Path.of(System.getProperty("java.io.tmpdir")));
    }

    static AdapterFolder open(Path path, Path temporary) {
        if (!Files.exists(path)) throw CheckpointException.unusable(path, "there is no such folder or zip");
        if (Files.isDirectory(path)) return new AdapterFolder(path, path, Optional.empty());
        String name = path.getFileName().toString();
        if (name.equals(CONFIG) || WEIGHTS.contains(name))
            return open(path.toAbsolutePath().getParent());
        if (name.endsWith(".safetensors") || name.endsWith(".bin")) {
            throw CheckpointException.unusable(path, "it isn't named like an adapter's weights; " + CONTENTS);
        }
        return unpack(path, temporary);
    }

    private static AdapterFolder unpack(Path zip, Path temporary) {
        TemporaryFolder folder = AdapterZip.unpack(zip, temporary);
        boolean opened = false;
        try {
            AdapterFolder adapter = new AdapterFolder(zip, folder.path(), Optional.of(folder));
            opened = true;
            return adapter;
        } catch (EngineException e) {
            // the temporary folder means nothing to the user
            String message = e.getMessage().replace(folder.path().toString(), zip.toString());
            throw e instanceof ForeignCodeException f
                    ? new ForeignCodeException(message, f)
                    : new CheckpointException(message, e);
        } finally {
            if (!opened) folder.close();
        }
    }

    private static Path weightsFile(Path path, Path folder) {
        return WEIGHTS.stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> CheckpointException.unusable(path, nothing(folder)));
    }

    private static String nothing(Path folder) {
        if (Files.exists(folder.resolve(CONFIG))) return "it has no weights; " + CONTENTS;
        if (Files.exists(folder.resolve("config.json"))) return "it is a base model; " + CONTENTS;
        return "it isn't an adapter; " + CONTENTS;
    }

    /** The folder or zip, as shown to the user. */
    public Path path() {
        return path;
    }

    public Path config() {
        return config;
    }

    /** The tensors of the weights file, closed together with this folder. */
    public TensorSource weights() {
        return weights;
    }

    /** The two files of the adapter: its configuration and its weights. */
    public List<Path> files() {
        return List.of(config, weightsFile);
    }

    @Override
    public void close() {
        try {
            weights.close();
        } finally {
            unpacked.ifPresent(TemporaryFolder::close);
        }
    }
}
