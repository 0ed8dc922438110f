package io.lorahub.upload;

/**
 * The intended use of uploaded files, which can be changed until they are published.
 *
 * @param publisher to publish under; null if not yet chosen
 * @param adapter {@code publisher/name} of the adapter that gets a new version; null for a new adapter
 * @param folder name for files that arrive without a folder; null for none
 */
public record UploadTarget(String publisher, String adapter, String folder) {

    public UploadTarget(String publisher, String adapter) {
        this(publisher, adapter, null);
    }
}
