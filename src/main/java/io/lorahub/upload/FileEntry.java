package io.lorahub.upload;

/**
 * A file that is announced.
 *
 * @param size   in bytes
 * @param number of this file among all that came with it, from 0: what is grouped can be found again
 */
record FileEntry(FilePath name, long size, int number) {}
