package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.export.ExportOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where and how to write the mix as an adapter. */
public class WriteOptions {

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Write the mix to this folder as an adapter that PEFT can load, with recipe.json.")
    private Path folder;

    @Option(names = "--rank", paramLabel = "N", description = "Compress it to this rank.")
    private Integer rank;

    @Option(
            names = "--max-error",
            paramLabel = "SHARE",
            description = "Compress it to the smallest rank within this relative error, such as 0.01.")
    private Double maxError;

    @Option(names = "--fused", description = "Also write the full model with the mix added, to DIR/fused.")
    private boolean fused;

    @Option(names = "--overwrite", description = "Replace the folder if it exists.")
    private boolean overwrite;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Empty if nothing is to be written. */
    public Optional<Path> folder() {
        if (folder == null && (compresses() || fused || overwrite)) {
            throw UsageErrors.wrong(command, "--rank, --max-error, --fused and --overwrite only work with --out.");
        }
        return Optional.ofNullable(folder);
    }

    /** For commands that only write. */
    public Path requireFolder() {
        return folder().orElseThrow(() -> UsageErrors.wrong(command, "Give the folder to write with --out DIR."));
    }

    final boolean compresses() {
        return rank != null || maxError != null;
    }

    /** Lossless unless compression was asked for. */
    public ExportOptions how() {
        return UsageErrors.checked(
                command,
                () -> new ExportOptions(
                        rank == null ? OptionalInt.empty() : OptionalInt.of(rank),
                        maxError == null ? OptionalDouble.empty() : OptionalDouble.of(maxError),
                        fused,
                        overwrite));
    }

    /** Rejects a folder that can't be written to, before any work is done. */
    public void requireFree() {
        if (folder == null) return;
        requirePlace();
        String[] there = folder.toFile().list();
        if (!overwrite && (folder.toFile().isFile() || there != null && there.length > 0)) {
            throw new EngineException(
                    "%s already exists; choose another folder, or add --overwrite.".formatted(folder));
        }
    }

    /** Tries it, because permissions, file systems and long names can't be predicted. */
    private void requirePlace() {
        Path target = folder.toAbsolutePath().normalize();
        Path place = target.getParent();
        if (place == null) throw new EngineException("%s cannot be written; choose another folder.".formatted(folder));
        Deque<Path> made = new ArrayDeque<>();
        try {
            Deque<Path> missing = new ArrayDeque<>();
            for (Path p = place; p != null && Files.notExists(p); p = p.getParent()) missing.push(p);
            for (Path p : missing) made.push(Files.createDirectory(p));
            made.push(Files.createTempDirectory(place, "." + target.getFileName() + ".part-"));
            made.push(Files.createFile(made.peek().resolve("probe")));
        } catch (IOException e) {
            throw new EngineException(
                    "%s cannot be written: %s; choose another folder.".formatted(folder, EngineException.reason(e)), e);
        } finally {
            made.forEach(WriteOptions::remove);
        }
    }

    private static void remove(Path made) {
        try {
            Files.delete(made);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
