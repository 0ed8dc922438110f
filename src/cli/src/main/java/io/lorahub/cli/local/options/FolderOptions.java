package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where to write an adapter. */
public class FolderOptions {

    /** As LoraHub and other programs write them into a folder of an adapter or model. */
    private static final Pattern MODEL_FILE = Pattern.compile(
            "(adapters?|model|pytorch_model|config|generation_config|tokenizer|special_tokens_map|added_tokens|vocab|merges"
                    + "|spiece|chat_template|recipe|README|Modelfile)([._-].*)?|fused|.*\\.gguf");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Write it to this folder as an adapter that PEFT can load, with recipe.json.")
    private Path folder;

    @Option(names = "--overwrite", description = "Replace the folder if it exists.")
    private boolean overwrite;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Empty if nothing is to be written. */
    public Optional<Path> folder() {
        return Optional.ofNullable(folder);
    }

    public final boolean overwrite() {
        return overwrite;
    }

    /** For commands that only write. */
    public Path requireFolder() {
        return folder().orElseThrow(() -> UsageErrors.wrong(command, "Give the folder to write with --out DIR."));
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
        if (overwrite) requireModelFiles(folder);
    }

    /** Rejects a folder with anything else than files of adapters and models, which overwriting it would delete. */
    public static void requireModelFiles(Path folder) {
        String[] there = folder.toFile().list();
        if (there == null) return;
        Arrays.stream(there)
                .filter(name -> !MODEL_FILE.matcher(name).matches())
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw new EngineException(
                            "The folder %s contains %s, which is no file of an adapter; choose another folder."
                                    .formatted(folder, EngineException.quoted(name)));
                });
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
            made.forEach(FolderOptions::remove);
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
