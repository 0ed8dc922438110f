package io.lorahub.download;

import io.lorahub.adapter.OpenTransfers;
import io.lorahub.storage.Blob;
import io.lorahub.storage.Blobs;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.codec.digest.DigestUtils;

/** Creates zips of stored files. */
@ApplicationScoped
class Zips {

    private final Blobs blobs;

    Zips(Blobs blobs) {
        this.blobs = blobs;
    }

    /**
     * The contents of a zip according to the database.
     *
     * @param folder that contains all files; the zip is named after it
     * @param files SHA-256 by name
     * @param texts further files, which are written for the zip, by name
     * @param sizes in bytes, by SHA-256
     * @param everybody whether everybody can see it
     * @param right what the download needs until its end; empty if nothing can end it
     * @param adapter the adapter whose download count it increases
     */
    record Plan(
            String folder,
            Map<String, String> files,
            Map<String, String> texts,
            Map<String, Long> sizes,
            Instant modified,
            boolean everybody,
            Optional<OpenTransfers.Right> right,
            Optional<Long> adapter) {}

    /** Call this outside a transaction, because files may have to be read. */
    Download of(Plan plan) {
        Map<String, Long> crc32 = crc32(plan.files.values());
        List<ZipLayout.Entry> entries = new ArrayList<>();
        plan.files.forEach((file, sha256) -> entries.add(
                new ZipLayout.Entry(plan.folder + "/" + file, sha256, plan.sizes.get(sha256), crc32.get(sha256))));
        plan.texts.forEach((file, text) -> entries.add(ZipLayout.Entry.of(plan.folder + "/" + file, text)));
        return new Download(
                plan.folder + ".zip",
                ZipLayout.of(entries),
                tag(entries),
                plan.modified,
                Optional.empty(),
                plan.everybody,
                plan.right,
                plan.adapter);
    }

    /**
     * CRC-32s by SHA-256. They are computed when files arrive; files stored by older releases are read once here, which
     * takes time.
     */
    private Map<String, Long> crc32(Collection<String> hashes) {
        Map<String, Long> known = new HashMap<>();
        List<Blob> stored =
                QuarkusTransaction.requiringNew().call(() -> Blob.<Blob>list("sha256 in ?1", List.copyOf(hashes)));
        stored.forEach(blob -> known.put(blob.sha256, blob.crc32 == null ? read(blob) : blob.crc32));
        return known;
    }

    private long read(Blob blob) {
        CRC32 crc32 = new CRC32();
        try (InputStream in = new CheckedInputStream(blobs.open(blob.sha256, blob.size), crc32)) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException("%s could not be read.".formatted(blob.sha256), e);
        }
        QuarkusTransaction.requiringNew()
                .run(() -> Blob.update("crc32 = ?1 where sha256 = ?2", crc32.getValue(), blob.sha256));
        return crc32.getValue();
    }

    /** An ETag from names and contents, which determine the layout. */
    private static String tag(List<ZipLayout.Entry> entries) {
        MessageDigest digest = DigestUtils.getSha256Digest();
        for (ZipLayout.Entry entry : entries) {
            digest.update((entry.name() + "\0" + entry.sha256() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return "zip-" + HexFormat.of().formatHex(digest.digest());
    }
}
