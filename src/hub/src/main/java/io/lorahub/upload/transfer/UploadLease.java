package io.lorahub.upload.transfer;

import io.lorahub.upload.FileKind;
import java.util.UUID;

/**
 * One request's right to send a file, for as long as the request lasts.
 *
 * @param receiver known only to this request
 * @param offset at which it starts sending
 * @param size of the whole file, in bytes
 */
record UploadLease(UUID uploadId, long fileId, String fileName, FileKind kind, UUID receiver, long offset, long size) {

    long missing() {
        return size - offset;
    }
}
