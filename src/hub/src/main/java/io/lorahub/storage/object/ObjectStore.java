package io.lorahub.storage.object;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Stores files. A file is first staged under a temporary name while it is hashed, and then published under its key.
 * Published files never change. A crash at any point leaves nothing, a file in staging, or the whole object.
 *
 * <p>All methods can be called from several threads. Failures of the store are {@link StorageException}s, whose
 * subclasses say whether to wait or which object is missing or damaged. A key that violates the rules of {@link
 * ObjectKey} causes an IllegalArgumentException.
 */
public interface ObjectStore {

    /**
     * Reads an input to its end, with memory use independent of its length. If the input fails, the bytes received so
     * far are kept and marked as incomplete; to continue, stage them again followed by the rest. The caller closes the
     * input.
     *
     * @param maxBytes a longer input causes a {@link TooLargeException}, and none of it is kept
     */
    StagedFile stage(InputStream in, long maxBytes);

    /**
     * Publishes a staged file durably under its key, and removes it from staging. It replaces an existing object with
     * this key, which may be damaged, whereas these bytes have just been hashed. If two callers publish different bytes
     * under one key at the same time, one of the two files is kept in full. Publishing the same staged file twice has
     * no further effect.
     *
     * @return false if this staged file has already been published
     */
    boolean publish(StagedFile staged, String key);

    /**
     * Opens a part of an object; if the object ends earlier, fewer bytes or none are returned. Read failures are {@link
     * StorageException}s too, never IOExceptions, which are left to the destination of the bytes.
     *
     * @throws NoSuchObjectException if there is no such object
     */
    InputStream open(String key, long offset, long length);

    /** Opens the whole object. */
    default InputStream open(String key) {
        return open(key, 0, Long.MAX_VALUE);
    }

    Optional<StoredObject> stat(String key);

    /** The object as a local, read-only file, if it is one on this machine. */
    Optional<Path> localPath(String key);

    /** Deletes the object if it exists. */
    void delete(String key);

    /**
     * Lists the objects whose keys start with the prefix, in no particular order; an empty prefix lists all objects.
     */
    Stream<StoredObject> list(String prefix);

    /** Writes and deletes one byte, which fails if the store is unreachable or not writable. */
    default void check() {
        delete(stage(new ByteArrayInputStream(new byte[1]), 1).key());
    }
}
