/**
 * File storage for all parts. Begin with {@code Blobs}, which addresses content by its SHA-256 and keeps identical content
 * once; {@code StorageProducer} creates the configured store under it, a folder or a bucket.
 *
 * <p>Content is staged while it arrives, published before the transaction that refers to it, and never copied inside a
 * transaction. Whoever publishes holds the content ({@code HeldBlobs}) until a permanent reference is stored. An object
 * that is read in full is verified against its hash.
 */
package io.lorahub.storage;
