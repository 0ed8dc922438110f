package io.lorahub.upload;

import java.util.UUID;

/**
 * All files of an upload are there and it waits for the doctor. Fired inside the transaction that makes it so: what
 * observers put into the database stands or falls with it.
 *
 * @param others how many uploads of the same member wait already
 */
public record UploadReceived(UUID uploadId, int others) {}
