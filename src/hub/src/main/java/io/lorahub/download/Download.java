package io.lorahub.download;

import io.lorahub.download.content.ContentRegion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A download: a stored file, or several as a zip.
 *
 * @param fileName the name under which browsers save it
 * @param tag the ETag without quotes: downloads with the same tag have the same bytes
 * @param modified when it was published
 * @param sha256 of all its bytes, if known
 */
public record Download(
        String fileName,
        List<ContentRegion> pieces,
        String tag,
        Instant modified,
        Optional<String> sha256,
        DownloadAccess access) {

    /** @param size in bytes */
    public static Download ofFile(
            String fileName, String sha256, long size, String tag, Instant modified, DownloadAccess access) {
        return new Download(
                fileName,
                List.of(ContentRegion.Stored.whole(sha256, size)),
                tag,
                modified,
                Optional.of(sha256),
                access);
    }

    /** A stored file with its hash as the ETag. */
    static Download ofFile(String fileName, String sha256, long size, Instant modified, DownloadAccess access) {
        return ofFile(fileName, sha256, size, sha256, modified, access);
    }

    /** Sizes of the stored files in it, by SHA-256. */
    Map<String, Long> stored() {
        Map<String, Long> sizes = new TreeMap<>();
        for (ContentRegion piece : pieces) {
            if (piece instanceof ContentRegion.Stored part) sizes.put(part.sha256(), part.size());
        }
        return sizes;
    }

    /** Size in bytes. */
    long size() {
        return pieces.stream().mapToLong(ContentRegion::length).sum();
    }
}
