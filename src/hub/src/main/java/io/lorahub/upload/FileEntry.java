package io.lorahub.upload;

/**
 * A file announced for upload.
 *
 * @param size in bytes
 * @param number position of the file in the request, from 0, so that it can still be identified after grouping
 */
public record FileEntry(FilePath name, long size, int number) {}
