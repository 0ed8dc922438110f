package io.lorahub.engine.learning;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.lora.Adapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds on this machine the base model that adapters name. Nothing is downloaded. */
public final class BaseModelName {

    private BaseModelName() {}

    /** The folder of the one base model that all adapters name. Throws EngineException when that cannot be found. */
    public static Path folder(List<Adapter> adapters) {
        String name = named(adapters);
        return find(name)
                .orElseThrow(() -> new EngineException(
                        "The adapters name the base model \"%s\", which is neither a folder here nor in the Hugging Face cache; give its folder."
                                .formatted(name)));
    }

    /** The name that all adapters agree on. */
    public static String named(List<Adapter> adapters) {
        List<String> names = adapters.stream()
                .flatMap(a -> a.config().baseModel().stream())
                .distinct()
                .toList();
        if (names.isEmpty()) {
            throw new EngineException("The adapters do not name their base model; give its folder.");
        }
        if (names.size() > 1) {
            throw new EngineException("The adapters name different base models (%s); give the folder of the right one."
                    .formatted(String.join(", ", names)));
        }
        return names.get(0);
    }

    /** A folder of that name, or the newest snapshot in the cache that huggingface_hub keeps. */
    public static Optional<Path> find(String name) {
        Path folder = Path.of(name);
        if (Files.isRegularFile(folder.resolve("config.json"))) {
            return Optional.of(folder);
        }
        Path snapshots = cache().resolve("models--" + name.replace("/", "--")).resolve("snapshots");
        if (!Files.isDirectory(snapshots)) {
            return Optional.empty();
        }
        try (Stream<Path> found = Files.list(snapshots)) {
            return found.filter(p -> Files.isRegularFile(p.resolve("config.json")))
                    .max(Comparator.comparingLong(p -> p.toFile().lastModified()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path cache() {
        String hub = System.getenv("HF_HUB_CACHE");
        if (hub != null && !hub.isBlank()) {
            return Path.of(hub);
        }
        String home = System.getenv("HF_HOME");
        return home != null && !home.isBlank()
                ? Path.of(home, "hub")
                : Path.of(System.getProperty("user.home"), ".cache", "huggingface", "hub");
    }
}
