package io.lorahub.download;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Something that can be downloaded: a file of a version, or all of them as a zip.
 *
 * @param fileName  under which browsers save it
 * @param tag       the ETag without quotes: what has the same tag has the same bytes
 * @param modified  when it was published
 * @param sha256    of all its bytes, where that is known
 * @param everybody whether everybody may see it
 * @param adapter   whose count of downloads it adds to; empty if it does not
 */
record Download(
        String fileName,
        List<ContentRegion> pieces,
        String tag,
        Instant modified,
        Optional<String> sha256,
        boolean everybody,
        Optional<Long> adapter) {

    /** Of the stored files in it: sizes by SHA-256. */
    Map<String, Long> stored() {
        Map<String, Long> sizes = new TreeMap<>();
        for (ContentRegion piece : pieces) {
            if (piece instanceof ContentRegion.Stored part) sizes.put(part.sha256(), part.size());
        }
        return sizes;
    }

    /** In bytes. */
    long size() {
        return pieces.stream().mapToLong(ContentRegion::length).sum();
    }
}
