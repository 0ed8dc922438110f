package io.lorahub.storage;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where files are kept. A file is first staged under a temporary name, while it is hashed, and then published under its
 * key; what is published never changes. A crash at any point leaves nothing, or a file in staging, or the whole object.
 *
 * <p>All methods may be called by many threads. Failures of the store are {@link StorageException}s, whose kinds say
 * whether to wait or to name the object that is missing or damaged; a key that breaks
 * the rules of {@link ObjectKey} is an IllegalArgumentException.
 */
public interface ObjectStore {

    /**
     * Takes an input to its end, in memory that does not grow with it. When the input breaks, what had arrived is kept
     * and is marked as not complete; it can be opened, and continued by staging it again with the rest behind it. The
     * caller closes the input.
     *
     * @param maxBytes a longer input is a {@link TooLargeException}, and nothing of it is left
     */
    StagedFile stage(InputStream in, long maxBytes);

    /**
     * Gives a staged file its key, durably; the staged file is gone after that. It replaces an object that has this key
     * already: that one may be damaged, and these bytes have just been hashed. Of two that publish different bytes under
     * one key at the same moment, one stays, whole. Publishing the same staged file twice is as good as once.
     *
     * @return false where somebody else has published this staged file before
     */
    boolean publish(StagedFile staged, String key);

    /**
     * Part of an object: fewer bytes than asked for, or none, where it ends earlier. A failure while it is read is a
     * {@link StorageException} too, never an IOException: those are left to what the bytes are written to.
     *
     * @throws NoSuchObjectException if there is no such object
     */
    InputStream open(String key, long offset, long length);

    /** The whole object. */
    default InputStream open(String key) {
        return open(key, 0, Long.MAX_VALUE);
    }

    Optional<StoredObject> stat(String key);

    /** The object as a file that may be read but not changed, if it is one on this machine. */
    Optional<Path> localPath(String key);

    /** Deletes the object if there is one. */
    void delete(String key);

    /** All objects whose keys start so, in no particular order; all there are for an empty prefix. */
    Stream<StoredObject> list(String prefix);

    /** Writes and deletes a byte, which fails when the store cannot be reached or not be written to. */
    default void check() {
        delete(stage(new ByteArrayInputStream(new byte[1]), 1).key());
    }
}
