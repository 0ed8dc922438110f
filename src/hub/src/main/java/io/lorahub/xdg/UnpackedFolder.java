package io.lorahub.xdg;

import io.lorahub.engine.lora.merge.AtomicFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A cache folder that appears only when complete; a lock keeps two processes from filling it at once. */
public final class UnpackedFolder {

    /** Whether a folder is complete. */
    public interface Check {
        boolean holds(Path folder) throws IOException;
    }

    private UnpackedFolder() {}

    /** @param lockName the lock file beside the folder */
    public static void fill(Path folder, String lockName, Check complete, AtomicFolder.Content content)
            throws IOException {
        if (complete.holds(folder)) return;
        Files.createDirectories(folder.getParent());
        synchronized (UnpackedFolder.class) { // the file lock holds between processes only
            try (FileChannel channel = FileChannel.open(
                            folder.resolveSibling(lockName), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid() && !complete.holds(folder)) AtomicFolder.write(folder, true, content);
            }
        }
    }
}
