package io.lorahub.upload;

/**
 * What is to become of files that are sent; it can still be changed before they are published.
 *
 * @param publisher under whose name; null for not chosen yet
 * @param adapter   {@code publisher/name} of the adapter of which they are a new version; null for a new adapter
 * @param folder    how to call files that come without a folder; null for nothing
 */
record UploadTarget(String publisher, String adapter, String folder) {

    UploadTarget(String publisher, String adapter) {
        this(publisher, adapter, null);
    }
}
