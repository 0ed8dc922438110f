package io.lorahub.engine.lora;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.checkpoint.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * A folder that appears whole or not at all: it is filled beside its place under another name and moved there at the
 * end. After a failure nothing is left, and what was there before still is.
 */
public final class AtomicFolder {

    /** Fills the folder that it is given. */
    public interface Content {
        void writeTo(Path folder) throws IOException;
    }

    private AtomicFolder() {}

    /** @param overwrite whether a folder that is there and not empty may be replaced */
    public static void write(Path folder, boolean overwrite, Content content) {
        Path target = folder.toAbsolutePath().normalize();
        requireFree(target, overwrite);
        String[] unfinished = {target.toString()};
        try {
            Files.createDirectories(target.getParent());
            try (TemporaryFolder part =
                    TemporaryFolder.createIn(target.getParent(), "." + target.getFileName() + ".part-")) {
                unfinished[0] = part.path().toString();
                content.writeTo(part.path());
                openToOthers(part.path());
                requireFree(target, overwrite); // another program may have written there meanwhile
                put(part.path(), target);
            }
        } catch (IOException e) {
            throw new EngineException("%s cannot be written: %s.".formatted(folder, EngineException.reason(e)), e);
        } catch (EngineException e) {
            // a part is named by where it would have come to lie
            throw new EngineException(e.getMessage().replace(unfinished[0], target.toString()), e);
        }
    }

    private static void requireFree(Path target, boolean overwrite) {
        if (!Files.exists(target)) return;
        if (!Files.isDirectory(target)) {
            throw new EngineException("%s is a file; name a folder to write to.".formatted(target));
        }
        if (!overwrite && !isEmpty(target)) {
            throw new EngineException("The folder %s is not empty; name another one.".formatted(target));
        }
    }

    private static boolean isEmpty(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.findAny().isEmpty();
        } catch (IOException e) {
            throw new EngineException(
                    "The folder %s cannot be read: %s.".formatted(folder, EngineException.reason(e)), e);
        }
    }

    private static void put(Path part, Path target) throws IOException {
        if (!Files.exists(target) || isEmpty(target)) {
            Files.deleteIfExists(target);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        Path old = Files.createTempDirectory(target.getParent(), "." + target.getFileName() + ".old-");
        Files.move(target, old, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
        TemporaryFolder.delete(old);
    }

    /** Temporary folders are their owner's alone; a result has the rights that any new folder would have. */
    private static void openToOthers(Path part) throws IOException {
        if (!Files.getFileStore(part).supportsFileAttributeView("posix")) return;
        Path sample = Files.createDirectory(part.resolve(".rights"));
        Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(sample));
        Files.delete(sample);
    }
}
