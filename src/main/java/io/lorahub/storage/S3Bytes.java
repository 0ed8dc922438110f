package io.lorahub.storage;

import io.minio.ByteBuffer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** Bytes for the S3 client to read from where they are. Given an array, it would first copy all of it. */
final class S3Bytes extends ByteBuffer {

    private final java.nio.ByteBuffer bytes;

    /** @param bytes backed by an array from its start on */
    S3Bytes(java.nio.ByteBuffer bytes) {
        super(bytes.remaining());
        this.bytes = bytes;
    }

    @Override
    public long length() {
        return bytes.remaining();
    }

    @Override
    public InputStream inputStream() {
        return new ByteArrayInputStream(bytes.array(), 0, bytes.remaining());
    }
}
