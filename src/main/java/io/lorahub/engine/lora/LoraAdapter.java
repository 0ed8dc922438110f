package io.lorahub.engine.lora;

import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A LoRA adapter that can be honoured exactly. Its tensors lie in the mapped file until it is closed.
 *
 * @param modules  by name; each with its own rank and scale
 * @param findings warnings and remarks of the checks; no errors
 * @param folder   its open files; empty where it is only in memory
 */
public record LoraAdapter(
        String name,
        Path path,
        AdapterConfig config,
        SortedMap<String, LoraModule> modules,
        List<CheckFinding> findings,
        Optional<AdapterFolder> folder)
        implements AutoCloseable {

    /** From a folder or a zip, named as the folder, or as the zip without its ending. */
    public static LoraAdapter load(Path dirOrZip) {
        return load(nameOf(dirOrZip), dirOrZip);
    }

    /** Throws {@link AdapterException} with every reason for which it cannot be honoured. */
    public static LoraAdapter load(String name, Path dirOrZip) {
        return new AdapterReading(dirOrZip).adapter(name);
    }

    /** Every adapter in a folder, sorted by name. */
    public static List<LoraAdapter> loadAll(Path dirOfAdapters) {
        return AdapterCollection.load(dirOfAdapters);
    }

    /** Where the adapters in a folder are, sorted by name; none of them is opened. */
    public static List<Path> list(Path dirOfAdapters) {
        return AdapterCollection.paths(dirOfAdapters);
    }

    /** What keeps it from being applied to a base model with these tensors; empty where nothing does. */
    public List<CheckFinding> misfits(TensorSource base) {
        return BaseFit.of(base).misfits(config, modules.values(), modules.keySet());
    }

    /** The first copy of a weight of the base model in its file that is not equal to it. */
    public Optional<CheckFinding> changedCopy(TensorSource base) {
        return folder.stream()
                .flatMap(f -> BaseCopies.misfits(f.weights(), base).stream())
                .findFirst();
    }

    /**
     * The first reason why it cannot be applied to a base model.
     *
     * @param base shapes [out, in] of the model's modules by name
     */
    public Optional<CheckFinding> misfit(Map<String, long[]> base) {
        BaseFit fit = new BaseFit(base);
        return modules.values().stream()
                .map(fit::misfit)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** SHA-256 of its two files by file name, read now. */
    public SortedMap<String, String> sha256() {
        return FileHashes.of(folder.map(AdapterFolder::files).orElse(List.of()));
    }

    /** The name that {@link #load(Path)} gives. */
    public static String nameOf(Path dirOrZip) {
        String file = dirOrZip.toAbsolutePath().normalize().getFileName().toString();
        return file.toLowerCase(Locale.ROOT).endsWith(".zip") ? file.substring(0, file.length() - 4) : file;
    }

    /** Gives back the memory of its tensors, which are read again where they are asked for. */
    public void release() {
        folder.ifPresent(f -> f.weights().release());
    }

    @Override
    public void close() {
        folder.ifPresent(AdapterFolder::close);
    }
}
