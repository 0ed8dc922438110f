/**
 * Where files are kept. {@link io.lorahub.storage.ObjectStore} is a folder or a bucket. Begin with
 * {@link io.lorahub.storage.Blobs}, which names its contents by their SHA-256.
 *
 * <p>Content is staged while it arrives, published before the transaction that refers to it, and never copied within
 * one. Whatever is read whole is compared with its hash. The kind of a {@link io.lorahub.storage.StorageException} says
 * whether to wait or which object is at fault.
 */
package io.lorahub.storage;
