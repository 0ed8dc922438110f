package io.lorahub.download;

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
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
     * What a zip contains.
     *
     * @param folder that contains all files; the zip is named after it
     * @param files SHA-256 of stored files, by name
     * @param texts further files, which are written for the zip, by name
     */
    record Source(
            String folder,
            Map<String, String> files,
            Map<String, String> texts,
            Instant modified,
            DownloadAccess access) {

        Source {
            files = new TreeMap<>(files); // read in the transaction
        }
    }

    /**
     * Call this outside a transaction, because files may have to be read.
     *
     * @param source called in a transaction of its own
     */
    Download of(Callable<Source> source) {
        return of(QuarkusTransaction.requiringNew().call(source));
    }

    private Download of(Source source) {
        Map<String, Blob> stored = QuarkusTransaction.requiringNew()
                .call(() -> Blob.<Blob>list("sha256 in ?1", List.copyOf(source.files.values())).stream()
                        .collect(Collectors.toMap(blob -> blob.sha256, blob -> blob)));
        List<ZipLayout.Entry> entries = new ArrayList<>();
        source.files.forEach((file, sha256) -> {
            Blob blob = stored.get(sha256);
            entries.add(new ZipLayout.Entry(source.folder + "/" + file, sha256, blob.size, crc32(blob)));
        });
        source.texts.forEach((file, text) -> entries.add(ZipLayout.Entry.of(source.folder + "/" + file, text)));
        return new Download(
                source.folder + ".zip",
                ZipLayout.of(entries),
                tag(entries),
                source.modified,
                Optional.empty(),
                source.access);
    }

    /** Computed when a file arrives; one stored by an older release is read once here, which takes time. */
    private long crc32(Blob blob) {
        if (blob.crc32 == null) blob.crc32 = read(blob);
        return blob.crc32;
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
