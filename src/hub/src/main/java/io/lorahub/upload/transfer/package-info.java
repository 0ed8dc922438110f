/**
 * How files arrive: from programs in resumable parts, from browsers in a form, and out of zips. Begin with
 * {@code UploadReceiver}; {@code UploadFileResource} and {@code FormUpload} call it, {@code ZipImport} unpacks.
 *
 * <p>Only the request that holds the {@code UploadLease} writes to a file. No transaction is open while a request body is
 * being received. Bytes received before a connection breaks are kept.
 */
package io.lorahub.upload.transfer;
