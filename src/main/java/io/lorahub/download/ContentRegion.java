package io.lorahub.download;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** One of the pieces of which a download consists, in their order. */
sealed interface ContentRegion {

    /** In bytes. */
    long length();

    /** The same without what lies outside of the range. */
    ContentRegion slice(long offset, long length);

    /** What is made here, such as the headers of a zip; backed by an array. */
    record Bytes(ByteBuffer content) implements ContentRegion {

        @Override
        public long length() {
            return content.remaining();
        }

        InputStream open() {
            return new ByteArrayInputStream(
                    content.array(), content.arrayOffset() + content.position(), content.remaining());
        }

        @Override
        public Bytes slice(long offset, long length) {
            return new Bytes(content.slice(content.position() + (int) offset, (int) length));
        }
    }

    /**
     * A part of what the object store keeps.
     *
     * @param size of all of it, in bytes
     */
    record Stored(String sha256, long size, long offset, long length) implements ContentRegion {

        static Stored whole(String sha256, long size) {
            return new Stored(sha256, size, 0, size);
        }

        boolean isWhole() {
            return length == size;
        }

        @Override
        public Stored slice(long offset, long length) {
            return new Stored(sha256, size, this.offset + offset, length);
        }
    }
}
