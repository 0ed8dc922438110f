/**
 * Uploads on their way to a published adapter: receiving, unpacking, the card, publishing. Begin with {@code Upload}
 * and {@code UploadReceiver}; docs/architecture.md follows one part through the classes.
 *
 * <p>{@code AllowedChanges} holds all transitions. Only the request that holds the {@code UploadLease} writes to a
 * file. No transaction lasts while a body arrives.
 */
package io.lorahub.upload;
