/**
 * The store as a bucket of an S3-compatible server. Begin with {@code S3Store}; {@code S3Connection} is the client that
 * all its requests go through.
 *
 * <p>Large objects are sent and copied in parts and appear whole or never. {@code S3Failures} words every failure without
 * the server's own text and without access keys.
 */
package io.lorahub.storage.s3;
