package io.lorahub.storage;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.commons.codec.digest.DigestUtils;
import org.jboss.logging.Logger;

/**
 * Files by their content. The database records which exist, the store holds the bytes; {@link Sweep} removes those
 * which no row refers to.
 */
@ApplicationScoped
public class Blobs {

    private static final Logger LOG = Logger.getLogger(Blobs.class);
    private static final int SMALL = 1 << 20;

    private final ObjectStore store;
    private final BlobHolds holds;
    private final BlobCondition condition;
    private final VerifiedFiles verified = new VerifiedFiles();

    Blobs(ObjectStore store, BlobHolds holds, BlobCondition condition) {
        this.store = store;
        this.holds = holds;
        this.condition = condition;
    }

    /**
     * Publishes staged files under their hashes, which takes as long as the store needs for a copy of them: so this
     * comes before the transaction that stores what refers to them. Until the result is closed, after that transaction,
     * the sweep leaves them alone. Objects that were missing or damaged are sound again.
     */
    @Transactional(Transactional.TxType.NEVER)
    public HeldBlobs publish(Collection<StagedFile> staged) {
        HeldBlobs held = holds.hold(staged);
        boolean done = false;
        try {
            Set<String> written = new HashSet<>();
            for (StagedFile one : staged) if (store.publish(one, one.blobKey())) written.add(one.sha256());
            condition.sound(written);
            done = true;
            return held;
        } finally {
            if (!done) held.close();
        }
    }

    /** The same for content that was made here and is small enough for the caller's transaction. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Blob keep(byte[] content) {
        if (content.length > SMALL) {
            throw new IllegalArgumentException("%d bytes are too many for a transaction.".formatted(content.length));
        }
        StagedFile staged = store.stage(new ByteArrayInputStream(content), content.length);
        holds.upsert(staged);
        store.publish(staged, staged.blobKey());
        Blob blob = Blob.findById(staged.sha256());
        blob.unusableSince = null;
        return blob;
    }

    /**
     * A part of it, which is not compared with its hash; {@link Scrub} reads the whole one day.
     *
     * @throws NoSuchObjectException if there is no such content
     */
    public InputStream open(String sha256, long offset, long length) {
        return told(() -> store.open(ObjectKey.blob(sha256), offset, length));
    }

    /**
     * All of it. It is hashed as it is read: instead of the last bytes of a damaged one there is a
     * {@link DamagedObjectException}.
     *
     * @param size in bytes
     * @throws NoSuchObjectException if there is no such content
     */
    public InputStream open(String sha256, long size) {
        String key = ObjectKey.blob(sha256);
        return new VerifyingInputStream(open(sha256, 0, Long.MAX_VALUE), sha256, size, sound -> {
            if (sound) store.localPath(key).ifPresent(file -> remember(file, sha256));
            else condition.report(new DamagedObjectException(key));
        });
    }

    private void remember(Path file, String sha256) {
        try {
            verified.remember(file, sha256);
        } catch (IOException e) {
            LOG.debugf(e, "%s has gone since it was read.", file);
        }
    }

    /**
     * The object as a file of this machine, if it is one, and this process knows that it holds what its hash says.
     *
     * @throws NoSuchObjectException if there is no such content
     */
    public Optional<Path> verifiedPath(String sha256) {
        Optional<Path> file = store.localPath(ObjectKey.blob(sha256));
        try {
            return file.isPresent() && verified.isKnown(file.get(), sha256) ? file : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Checks, before promising them to a client, that they exist and are not known to be damaged.
     *
     * @param sizes in bytes, by SHA-256
     * @throws UnusableObjectException if one of them is missing or damaged
     */
    public void requireUsable(Map<String, Long> sizes) {
        condition.requireUsable(sizes.keySet());
        sizes.forEach((sha256, size) -> told(() -> {
            String key = ObjectKey.blob(sha256);
            StoredObject found = store.stat(key).orElseThrow(() -> new NoSuchObjectException(key));
            if (found.size() != size) throw new DamagedObjectException(key);
            return found;
        }));
    }

    /** Whether none of them was found missing or damaged. */
    public boolean areUsable(Collection<String> hashes) {
        return condition.unusable(hashes).isEmpty();
    }

    /** What is missing or damaged is reported, whoever meets it. */
    private <T> T told(Supplier<T> work) {
        try {
            return work.get();
        } catch (UnusableObjectException e) {
            condition.report(e);
            throw e;
        }
    }

    /**
     * In bytes.
     *
     * @throws NoSuchObjectException if there is no such content
     */
    public long size(String sha256) {
        return Blob.<Blob>findByIdOptional(sha256)
                .map(blob -> blob.size)
                .orElseThrow(() -> new NoSuchObjectException(ObjectKey.blob(sha256)));
    }

    /**
     * Makes them files of a folder, for what reads files. They must not be written to: where the store is a folder of
     * the same file system, they are the stored objects themselves. They hold what their hashes say.
     *
     * @param files hashes by file name
     * @throws UnusableObjectException if one of them is missing or damaged
     */
    public void place(Map<String, String> files, Path folder) throws IOException {
        distrust(files.values());
        for (var file : files.entrySet()) {
            Path target = folder.resolve(file.getKey());
            if (!folder.equals(target.getParent())) {
                throw new IllegalArgumentException("\"%s\" is not the name of a file.".formatted(file.getKey()));
            }
            place(file.getValue(), target);
        }
    }

    private void place(String sha256, Path target) throws IOException {
        try {
            placeSound(sha256, target);
        } catch (UnusableObjectException e) {
            condition.report(e);
            throw e;
        }
    }

    private void placeSound(String sha256, Path target) throws IOException {
        String key = ObjectKey.blob(sha256);
        Optional<Path> local = store.localPath(key);
        if (local.isPresent() && link(local.get(), target)) {
            if (verified.verify(target, sha256)) return;
            Files.delete(target);
            throw new DamagedObjectException(key);
        }
        MessageDigest digest = DigestUtils.getSha256Digest();
        try (InputStream in = new DigestInputStream(store.open(key), digest)) {
            Files.copy(in, target);
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
            Files.delete(target);
            throw new DamagedObjectException(key);
        }
        verified.remember(target, sha256);
    }

    /**
     * Whether files that were placed before still hold what their hashes say. They are read only where something about
     * them has changed since this process read them.
     *
     * @param files hashes by file name
     */
    public boolean areSound(Map<String, String> files, Path folder) throws IOException {
        distrust(files.values());
        for (var file : files.entrySet()) {
            if (!verified.verify(folder.resolve(file.getKey()), file.getValue())) return false;
        }
        return true;
    }

    /** What was damaged since this process read it may look as it did then. */
    private void distrust(Collection<String> hashes) {
        condition.unusable(hashes).forEach(verified::forget);
    }

    /** Whether the file system could do it; it cannot between two of them, and some cannot at all. */
    private static boolean link(Path existing, Path target) {
        try {
            Files.createLink(target, existing);
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
