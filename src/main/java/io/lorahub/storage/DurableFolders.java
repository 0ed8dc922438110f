package io.lorahub.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files and folders that are still there after the machine has lost its power. */
final class DurableFolders {

    /** Makes a folder and those above it. One at a time, so that nobody goes on in a folder that is not durable yet. */
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

    /** Moves a file within a file system, with all its bytes or not at all. */
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
