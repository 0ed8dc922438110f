/**
 * Downloads of files and zips, with ranges and conditions (RFC 9110). Begin with {@code DownloadResponses};
 * {@code content} sends the bytes.
 *
 * <p>The transaction ends before the first byte is sent.
 */
package io.lorahub.download;
