package io.lorahub.backup;

import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.StoredObject;
import io.lorahub.storage.object.UnusableObjectException;
import io.lorahub.storage.object.VerifyingInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * An object that belongs to a backup.
 *
 * @param size in bytes
 */
record BackupObject(String key, long size, String sha256) {

    /** @param line SHA-256, size and, unless it is a blob, the key, separated by tabs */
    static BackupObject of(String line) {
        String[] fields = line.split("\t", -1);
        return new BackupObject(
                fields[2].isEmpty() ? ObjectKey.blob(fields[0]) : fields[2], Long.parseLong(fields[1]), fields[0]);
    }

    boolean isStaged() {
        return key.startsWith(ObjectKey.STAGING);
    }

    /** Objects never change, so the size tells whether it is there as a whole. */
    boolean isIn(ObjectStore store) {
        Optional<StoredObject> there = store.stat(key);
        return there.isPresent() && there.get().size() == size;
    }

    /** Reads the whole object. */
    boolean isSound(ObjectStore store) {
        try (InputStream in = new VerifyingInputStream(store.open(key), sha256, size, sound -> {})) {
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (UnusableObjectException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies it; false if it is missing or damaged. */
    boolean copy(ObjectStore from, ObjectStore to) {
        try (InputStream in = from.open(key)) {
            StagedFile staged = to.stage(in, Long.MAX_VALUE);
            boolean sound = staged.complete() && staged.sha256().equals(sha256);
            if (sound) to.publish(staged, key);
            else to.delete(staged.key());
            return sound;
        } catch (UnusableObjectException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
