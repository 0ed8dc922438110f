package io.lorahub.download;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Adapters;
import io.lorahub.adapter.Visibility;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files of versions that the viewer may download. The transactions end before the first byte is sent: a slow client
 * holds no connection to the database.
 */
@ApplicationScoped
class Downloads {

    private static final String WEIGHTS = "adapter_model.safetensors";

    private final Adapters adapters;
    private final Checksums checksums;

    Downloads(Adapters adapters, Checksums checksums) {
        this.adapters = adapters;
        this.checksums = checksums;
    }

    /** @throws ProblemException not found, for what does not exist or the viewer may not know of */
    @Transactional
    Download file(String publisher, String name, String label, String file) {
        AdapterVersion version = version(publisher, name, label);
        String sha256 = version.files.get(file);
        if (sha256 == null) {
            throw ProblemException.notFound("such file of " + version.adapter.address() + " " + label);
        }
        long size = adapters.sizes(List.of(version)).get(sha256);
        return new Download(
                file,
                List.of(new Piece.Stored(sha256, 0, size)),
                sha256,
                version.publishedAt,
                Optional.of(sha256),
                isOpen(version.adapter),
                file.equals(WEIGHTS) ? Optional.of(version.adapter.id) : Optional.empty());
    }

    /** All files of a version in a folder named by adapter and version. */
    @Transactional
    Download zip(String publisher, String name, String label) {
        AdapterVersion version = version(publisher, name, label);
        Map<String, Long> sizes = adapters.sizes(List.of(version));
        String folder = name + "-" + label;
        List<ZipLayout.Entry> entries = new ArrayList<>();
        version.files.forEach((file, sha256) -> {
            long size = sizes.get(sha256);
            entries.add(new ZipLayout.Entry(folder + "/" + file, sha256, size, checksums.crc32(sha256, size)));
        });
        return new Download(
                folder + ".zip",
                ZipLayout.of(entries),
                tag(entries),
                version.publishedAt,
                Optional.empty(),
                isOpen(version.adapter),
                Optional.of(version.adapter.id));
    }

    private AdapterVersion version(String publisher, String name, String label) {
        return adapters.version(adapters.visible(publisher, name), label);
    }

    private static boolean isOpen(Adapter adapter) {
        return adapter.visibility == Visibility.PUBLIC && adapter.state != AdapterState.TAKEN_DOWN;
    }

    /** The layout follows from names and contents. */
    private static String tag(List<ZipLayout.Entry> entries) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (ZipLayout.Entry entry : entries) {
                digest.update((entry.name() + "\0" + entry.sha256() + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return "zip-" + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
