package io.lorahub.engine.model;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory for libtorch outside Java's heap. Unlike a direct buffer, it does not count towards the limit that depends on
 * the heap size, and closing it frees it at once instead of at a later garbage collection.
 */
final class NativeMemory implements AutoCloseable {

    private static final class Block extends Memory {
        Block(long bytes) {
            super(bytes);
        }

        @Override
        protected synchronized void dispose() {
            super.dispose();
        }
    }

    private final Block block;
    private final ByteBuffer bytes;

    private NativeMemory(int size) {
        block = new Block(Math.max(1, size));
        block.clear();
        bytes = block.getByteBuffer(0, size).order(ByteOrder.nativeOrder());
    }

    /** Allocates zeros. */
    static NativeMemory ofFloats(int count) {
        return new NativeMemory(Math.multiplyExact(count, Float.BYTES));
    }

    /** Must not be accessed after closing. */
    ByteBuffer bytes() {
        return bytes.duplicate().order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        block.dispose();
    }
}
