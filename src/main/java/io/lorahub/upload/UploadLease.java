package io.lorahub.upload;

import java.util.UUID;

/**
 * The right of one request to send a file, for as long as it goes on.
 *
 * @param receiver known to this request only
 * @param offset   from which it sends
 * @param size     of the whole file, in bytes
 */
record UploadLease(UUID uploadId, long fileId, String fileName, FileKind kind, UUID receiver, long offset, long size) {

    long missing() {
        return size - offset;
    }
}
