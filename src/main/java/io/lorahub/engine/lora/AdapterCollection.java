package io.lorahub.engine.lora;

import io.lorahub.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder whose sub-folders and zips are adapters. */
final class AdapterCollection {

    private AdapterCollection() {}

    /** All or none: a bad adapter closes those that were already open. */
    static List<LoraAdapter> load(Path dir) {
        List<Path> paths = paths(dir);
        List<LoraAdapter> adapters = new ArrayList<>();
        try {
            for (Path path : paths) adapters.add(LoraAdapter.load(path));
        } catch (RuntimeException e) {
            adapters.forEach(LoraAdapter::close);
            throw e;
        }
        return List.copyOf(adapters);
    }

    /** Sorted by name; at least one. */
    static List<Path> paths(Path dir) {
        if (!Files.isDirectory(dir)) throw new EngineException("%s is not a folder of adapters.".formatted(dir));
        try (Stream<Path> children = Files.list(dir)) {
            List<Path> paths = children.filter(AdapterCollection::isAdapter)
                    .sorted(Comparator.comparing(LoraAdapter::nameOf))
                    .toList();
            if (paths.isEmpty()) {
                throw new EngineException(
                        "There is no adapter in %s; each is a folder with an adapter_config.json, or a zip."
                                .formatted(dir));
            }
            return paths;
        } catch (IOException e) {
            throw new EngineException("The folder %s cannot be read: %s.".formatted(dir, e.getMessage()), e);
        }
    }

    private static boolean isAdapter(Path path) {
        return Files.isRegularFile(path.resolve("adapter_config.json"))
                || Files.isRegularFile(path) && path.toString().endsWith(".zip");
    }
}
