package io.lorahub.download;

import io.lorahub.storage.ObjectKey;
import io.lorahub.storage.ObjectStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.CRC32;

/** CRC-32 of files, which a zip has before their content: read once, then known. */
@ApplicationScoped
class Checksums {

    private static final int CHUNK_BYTES = 1 << 16;

    private final EntityManager database;
    private final ObjectStore objects;

    Checksums(EntityManager database, ObjectStore objects) {
        this.database = database;
        this.objects = objects;
    }

    /** In the caller's transaction. */
    long crc32(String sha256, long size) {
        List<?> known = database.createNativeQuery("select crc32 from blob_crc32 where sha256 = ?1")
                .setParameter(1, sha256)
                .getResultList();
        if (!known.isEmpty()) return ((Number) known.get(0)).longValue();
        long crc32 = read(sha256, size);
        database.createNativeQuery(
                        "insert into blob_crc32 (sha256, crc32) values (?1, ?2) on conflict (sha256) do nothing")
                .setParameter(1, sha256)
                .setParameter(2, crc32)
                .executeUpdate();
        return crc32;
    }

    private long read(String sha256, long size) {
        CRC32 crc32 = new CRC32();
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in = objects.open(ObjectKey.blob(sha256), 0, size)) {
            for (int read; (read = in.read(chunk)) >= 0; ) crc32.update(chunk, 0, read);
        } catch (IOException e) {
            throw new UncheckedIOException("The object store broke off reading %s.".formatted(sha256), e);
        }
        return crc32.getValue();
    }
}
