package io.lorahub.engine.lora.merge;

import io.lorahub.engine.checkpoint.TemporaryFolder;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.stream.Stream;

/**
 * Writes a folder atomically: it is filled next to its destination under another name and moved there at the end. A
 * failure leaves no partial folder and keeps the previous one.
 */
public final class AtomicFolder {

    /** Fills the given folder. */
    public interface Content {
        void writeTo(Path folder) throws IOException;
    }

    private AtomicFolder() {}

    /** @param overwrite whether an existing, non-empty folder may be replaced */
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
                requireFree(target, overwrite); // another program may have written there in the meantime
                put(part.path(), target);
            }
        } catch (IOException e) {
            throw new EngineException("%s cannot be written: %s.".formatted(folder, EngineException.reason(e)), e);
        } catch (EngineException e) {
            // the message names the destination instead of the unfinished folder
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

    /** Only their owner can access temporary folders; the result gets the permissions of an ordinary new folder. */
    private static void openToOthers(Path part) throws IOException {
        if (Files.getFileAttributeView(part, PosixFileAttributeView.class) == null) return;
        Path sample = Files.createDirectory(part.resolve(".rights"));
        Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(sample));
        Files.delete(sample);
    }
}
