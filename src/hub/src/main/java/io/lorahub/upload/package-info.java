/**
 * Files on their way to a published adapter. This package holds the upload itself, its files, its draft of a card, and
 * the limits for members. Begin with {@code Upload} and {@code Uploads}; docs/architecture.md follows one uploaded part
 * through the classes.
 *
 * <p>{@code UploadState} lists the allowed state transitions. Members reach only their own uploads, through
 * {@code Uploads}. Nothing here uses a package below it.
 */
package io.lorahub.upload;
