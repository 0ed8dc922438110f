package io.lorahub.engine.lora;

import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.check.BaseCopies;
import io.lorahub.engine.lora.check.BaseFit;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.config.AdapterConfig;
import io.lorahub.engine.lora.config.AdapterException;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.safetensors.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A LoRA adapter that can be applied exactly. Its tensors stay in the mapped file, which is open until the adapter is
 * closed.
 *
 * @param modules  modules by name; each with its own rank and scale
 * @param findings warnings and remarks of the checks; no errors
 * @param folder   its open files; empty if the adapter exists only in memory
 */
public record LoraAdapter(
        String name,
        Path path,
        AdapterConfig config,
        SortedMap<String, LoraModule> modules,
        List<CheckFinding> findings,
        Optional<AdapterFolder> folder)
        implements AutoCloseable {

    /** Loads a folder or a zip. The adapter is named after the folder, or after the zip without its extension. */
    public static LoraAdapter load(Path dirOrZip) {
        return load(nameOf(dirOrZip), dirOrZip);
    }

    /** Throws {@link AdapterException} with all reasons why the adapter cannot be applied exactly. */
    public static LoraAdapter load(String name, Path dirOrZip) {
        return new AdapterReading(dirOrZip).adapter(name);
    }

    /**
     * The same, regardless of some findings.
     *
     * @param resolved findings that the caller takes care of
     */
    public static LoraAdapter load(String name, Path dirOrZip, Predicate<CheckFinding> resolved) {
        return new AdapterReading(dirOrZip, resolved).adapter(name);
    }

    /** Loads all adapters in a folder, sorted by name. If one of them fails, those already open are closed. */
    public static List<LoraAdapter> loadAll(Path dirOfAdapters) {
        List<Path> paths = list(dirOfAdapters);
        List<LoraAdapter> adapters = new ArrayList<>();
        try {
            for (Path path : paths) adapters.add(load(path));
        } catch (RuntimeException e) {
            adapters.forEach(LoraAdapter::close);
            throw e;
        }
        return List.copyOf(adapters);
    }

    /** Returns the paths of the adapters in a folder, at least one, sorted by name, without opening them. */
    public static List<Path> list(Path dirOfAdapters) {
        if (!Files.isDirectory(dirOfAdapters)) {
            throw new EngineException("%s is not a folder of adapters.".formatted(dirOfAdapters));
        }
        try (Stream<Path> children = Files.list(dirOfAdapters)) {
            List<Path> paths = children.filter(LoraAdapter::isAdapter)
                    .sorted(Comparator.comparing(LoraAdapter::nameOf))
                    .toList();
            if (paths.isEmpty()) {
                throw new EngineException(
                        "There is no adapter in %s; each is a folder with an adapter_config.json, or a zip."
                                .formatted(dirOfAdapters));
            }
            return paths;
        } catch (IOException e) {
            throw new EngineException("The folder %s cannot be read: %s.".formatted(dirOfAdapters, e.getMessage()), e);
        }
    }

    private static boolean isAdapter(Path path) {
        return Files.isRegularFile(path.resolve("adapter_config.json"))
                || Files.isRegularFile(path) && path.toString().endsWith(".zip");
    }

    /** Returns the reasons why the adapter cannot be applied to a base model with these tensors; empty if it can. */
    public List<CheckFinding> misfits(TensorSource base) {
        return BaseFit.of(base).misfits(config, modules.values(), modules.keySet());
    }

    /**
     * Returns the first copy of a base model weight in the adapter's file that differs from the original and isn't a
     * module that was trained as a whole.
     */
    public Optional<CheckFinding> changedCopy(TensorSource base) {
        return folder.stream()
                .flatMap(f -> BaseCopies.compare(f.weights(), config, base).stream())
                .filter(CheckFinding::isError)
                .findFirst();
    }

    /** Returns the first reason why the adapter cannot be applied to a base model. */
    public Optional<CheckFinding> misfit(BaseFit fit) {
        return modules.values().stream()
                .map(fit::misfit)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Computes SHA-256 of the adapter's two files, by file name. */
    public SortedMap<String, String> sha256() {
        return FileHashes.of(folder.map(AdapterFolder::files).orElse(List.of()));
    }

    /** Returns the name that {@link #load(Path)} would use. */
    public static String nameOf(Path dirOrZip) {
        String file = dirOrZip.toAbsolutePath().normalize().getFileName().toString();
        return file.toLowerCase(Locale.ROOT).endsWith(".zip") ? file.substring(0, file.length() - 4) : file;
    }

    /** Returns the adapter without its other modules. Its file is this adapter's, so only one of them is closed. */
    public LoraAdapter only(Predicate<String> kept) {
        SortedMap<String, LoraModule> some = new TreeMap<>(modules);
        some.keySet().removeIf(kept.negate());
        return new LoraAdapter(name, path, config, some, findings, folder);
    }

    /** Releases the memory of the tensors, which are read again when needed. */
    public void release() {
        folder.ifPresent(f -> f.weights().release());
    }

    @Override
    public void close() {
        folder.ifPresent(AdapterFolder::close);
    }
}
