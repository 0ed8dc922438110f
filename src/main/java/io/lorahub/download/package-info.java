/**
 * Downloads of files and zips, with ranges and conditions (RFC 9110). Begin with {@code DownloadResponses}.
 *
 * <p>The transaction ends before the first byte is sent, and slow clients hold no thread. Whole files are verified
 * against their SHA-256 while they are sent.
 */
package io.lorahub.download;
