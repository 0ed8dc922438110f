/**
 * From upload to published adapter: receiving, unpacking, the card, publishing. Begin with {@code Upload} and {@code
 * UploadReceiver}; docs/architecture.md follows one uploaded part through the classes.
 *
 * <p>{@code AllowedChanges} lists the allowed state transitions. Only the request that holds the {@code UploadLease}
 * writes to a file. No transaction is open while a request body is being received.
 */
package io.lorahub.upload;
