/**
 * From a checked upload to an adapter or a new version of one. Begin with {@code UploadPublishing}, for files that a
 * member sent; {@code MixUploads} and {@code MixPublishing} do the same for adapters made by runs, which are published
 * automatically.
 *
 * <p>{@code Drafts} completes what was typed from the existing adapter, or from the README if the adapter is new.
 * Versions are created only by the adapter part's {@code Publishing}.
 */
package io.lorahub.upload.publication;
