package io.lorahub.storage.directory;

import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.StoreFullException;
import io.lorahub.storage.object.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Describes failures of the storage folder in a sentence. */
public final class DirectoryFailures {

    /** The system's English messages for a full disk and an exhausted quota. */
    private static final Pattern FULL =
            Pattern.compile("No space left on device|Disk quota exceeded", Pattern.CASE_INSENSITIVE);

    /**
     * A disk with less free space than this, in bytes, counts as full, in case the system's message is in another
     * language.
     */
    private static final long SPACE = 1 << 16;

    private final Path root;

    public DirectoryFailures(Path root) {
        this.root = root;
    }

    public StorageException of(String what, Path path, IOException e) {
        String reason = reason(e);
        if (FULL.matcher(reason).find() || (!(e instanceof AccessDeniedException) && isFull())) {
            return new StoreFullException(
                    "%s cannot %s: there is no space left. The objects are kept in %s; make room there."
                            .formatted(path, what, root),
                    e);
        }
        return new StoreUnavailableException(
                "%s cannot %s: %s. The objects are kept in %s; check that it is writable and has space."
                        .formatted(path, what, reason, root),
                e);
    }

    private boolean isFull() {
        try {
            return Files.getFileStore(root).getUsableSpace() < SPACE;
        } catch (IOException e) {
            return false;
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) return "the user of this process may not do that";
        if (e instanceof FileSystemException f && f.getReason() != null) return f.getReason();
        return String.valueOf(e.getMessage());
    }
}
