package io.lorahub.storage.directory;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Creates folders and moves files so that they survive a power failure. */
final class DurableFolders {

    /**
     * Creates a folder and its parents. Only one thread at a time does so, so that no thread uses a folder that is not
     * yet durable.
     */
    synchronized void make(Path folder) throws IOException {
        if (Files.isDirectory(folder)) return;
        make(folder.getParent());
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) throw e;
        }
        force(folder.getParent());
    }

    /** Moves a file atomically within a file system. */
    void move(Path from, Path to) throws IOException {
        force(from);
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        force(to.getParent());
    }

    void force(Path fileOrFolder) throws IOException {
        try (FileChannel channel = FileChannel.open(fileOrFolder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
