/**
 * File storage. {@link io.lorahub.storage.ObjectStore} is a folder or a bucket. Begin with {@link
 * io.lorahub.storage.Blobs}, which addresses content by its SHA-256.
 *
 * <p>Content is staged while it arrives, published before the transaction that refers to it, and never copied inside a
 * transaction. An object that is read in full is verified against its hash. The kind of a {@link
 * io.lorahub.storage.StorageException} says whether to wait or which object is at fault.
 */
package io.lorahub.storage;
