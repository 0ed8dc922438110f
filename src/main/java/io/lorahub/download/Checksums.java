package io.lorahub.download;

import io.lorahub.storage.Blob;
import io.lorahub.storage.Blobs;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * CRC-32 of files, which a zip has before their content. They are computed as files come; those that came before the hub
 * did so are read once, outside of any transaction.
 */
@ApplicationScoped
class Checksums {

    private static final int CHUNK_BYTES = 1 << 16;

    private final Blobs blobs;

    Checksums(Blobs blobs) {
        this.blobs = blobs;
    }

    /** By SHA-256. This may take as long as reading them. */
    Map<String, Long> crc32(Collection<String> hashes) {
        Map<String, Long> known = new HashMap<>();
        List<Blob> found =
                QuarkusTransaction.requiringNew().call(() -> Blob.<Blob>list("sha256 in ?1", List.copyOf(hashes)));
        found.forEach(blob -> known.put(blob.sha256, blob.crc32 == null ? read(blob) : blob.crc32));
        return known;
    }

    private long read(Blob blob) {
        CRC32 crc32 = new CRC32();
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in = blobs.open(blob.sha256, blob.size)) {
            for (int read; (read = in.read(chunk)) >= 0; ) crc32.update(chunk, 0, read);
        } catch (IOException e) {
            throw new UncheckedIOException("%s could not be read.".formatted(blob.sha256), e);
        }
        QuarkusTransaction.requiringNew()
                .run(() -> Blob.update("crc32 = ?1 where sha256 = ?2", crc32.getValue(), blob.sha256));
        return crc32.getValue();
    }
}
