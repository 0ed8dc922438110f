package io.lorahub.upload.check;

import java.util.UUID;

/**
 * Fired when all files of an upload are present and it waits for its check, inside the transaction that changes its
 * state, so observers' database changes are committed or rolled back with it.
 *
 * @param others number of uploads of the same member that are already waiting
 */
public record UploadReceived(UUID uploadId, int others) {}
