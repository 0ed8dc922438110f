/**
 * Where files are kept. {@link io.lorahub.storage.ObjectStore} is a folder or a bucket; {@link io.lorahub.storage.Blobs}
 * names what is in it by its SHA-256, and begins every use of it.
 *
 * <p>Content is staged as it comes, published before the transaction that refers to it, and never copied within one. What is
 * read whole is compared with its hash. The kinds of {@link io.lorahub.storage.StorageException} say whether to wait or
 * which object to name.
 */
package io.lorahub.storage;
