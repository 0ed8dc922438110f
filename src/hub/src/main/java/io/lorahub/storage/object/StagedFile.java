package io.lorahub.storage.object;

import java.util.Optional;

/**
 * A file in staging.
 *
 * @param size in bytes
 * @param sha256 of those bytes, 64 lower-case hexadecimal digits
 * @param crc32 of those bytes; empty if no longer known
 * @param complete false if the input failed before its end
 */
public record StagedFile(String key, long size, String sha256, Optional<Long> crc32, boolean complete) {

    /** The key to publish it under; the same bytes always get the same key. */
    public String blobKey() {
        return ObjectKey.blob(sha256);
    }

    public void requireComplete() {
        if (!complete) {
            throw new IllegalArgumentException(
                    "Only the first %d bytes of %s have arrived; stage them with the rest before publishing."
                            .formatted(size, key));
        }
    }
}
