package io.lorahub.upload;

/**
 * How much of a file is here.
 *
 * @param offset how many bytes
 * @param size   of the whole file
 */
record UploadProgress(long offset, long size) {

    boolean isComplete() {
        return offset == size;
    }
}
