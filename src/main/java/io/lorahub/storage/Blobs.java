package io.lorahub.storage;

import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files by their content. The database knows which there are, the store holds them; {@link Sweep} removes those which
 * no row refers to.
 */
@ApplicationScoped
public class Blobs {

    private static final int SAMPLE = 5;

    private final ObjectStore store;
    private final EntityManager database;

    Blobs(ObjectStore store, EntityManager database) {
        this.store = store;
        this.database = database;
    }

    /**
     * Publishes a staged file under its hash, in the caller's transaction, which should also store what refers to it.
     * The row comes first: it is locked against the sweep until the transaction ends. Whoever keeps several keeps them in
     * the order of their hashes, so that no two transactions wait for each other.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public Blob keep(Staged staged) {
        database.createNativeQuery("insert into blob (sha256, size) values (:sha256, :size)"
                        + " on conflict (sha256) do update set created_at = now()")
                .setParameter("sha256", staged.sha256())
                .setParameter("size", staged.size())
                .executeUpdate();
        store.publish(staged, staged.blobKey());
        return Blob.findById(staged.sha256());
    }

    /**
     * For processes that have nothing to do without the files.
     *
     * @throws StorageException where the store has none of the newest files that the database names: it is another's
     */
    public void requireStoreOfDatabase() {
        List<Blob> newest =
                Blob.<Blob>findAll(Sort.descending("createdAt")).page(0, SAMPLE).list();
        if (newest.isEmpty() || newest.stream().anyMatch(this::isStored)) return;
        throw new StorageException(
                "The database names files that this store does not have: it is not the store of the hub. Start with its"
                        + " --data DIR, or with its LORAHUB_STORAGE_ settings.");
    }

    private boolean isStored(Blob blob) {
        return store.stat(ObjectKey.blob(blob.sha256)).isPresent();
    }

    /** @throws NoSuchObjectException if there is no such content */
    public InputStream open(String sha256, long offset, long length) {
        return store.open(ObjectKey.blob(sha256), offset, length);
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
     * the same file system, they are the stored objects themselves.
     *
     * @param files hashes by file name
     */
    public void place(Map<String, String> files, Path folder) throws IOException {
        for (var file : files.entrySet()) {
            Path target = folder.resolve(file.getKey());
            if (!folder.equals(target.getParent())) {
                throw new IllegalArgumentException("\"%s\" is not the name of a file.".formatted(file.getKey()));
            }
            place(file.getValue(), target);
        }
    }

    private void place(String sha256, Path target) throws IOException {
        String key = ObjectKey.blob(sha256);
        Optional<Path> local = store.localPath(key);
        if (local.isPresent() && link(local.get(), target)) return;
        MessageDigest digest = Intake.sha256();
        try (InputStream in = new DigestInputStream(store.open(key), digest)) {
            Files.copy(in, target);
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
            throw new DamagedObjectException(key);
        }
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
