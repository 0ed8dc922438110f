package io.lorahub.web;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Memory for what comes from a connection that brings a lot. Vert.x copies what was read into memory from a pool to new
 * arrays, for nobody has to give back its buffers; making these takes more time than reading. This is no pool that it
 * knows, so it leaves the bytes where they are. What is released is used again, and what is not goes as all objects do.
 */
final class ReusedBuffers extends AbstractByteBufAllocator {

    static final ReusedBuffers ALL = new ReusedBuffers();

    /** Netty expects at most so many bytes of a read, and fewer where the last ones were fewer. */
    private static final int MOST_EXPECTED = 1 << 16;

    private static final int BYTES = 1 << 18;
    private static final int KEPT = 32;

    private final Queue<ByteBuffer> free = new ArrayBlockingQueue<>(KEPT);

    private ReusedBuffers() {
        super(true);
    }

    @Override
    public ByteBuf ioBuffer(int expected) {
        return expected < MOST_EXPECTED ? super.ioBuffer(expected) : new Reused(this);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return PooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return PooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }

    private static final class Reused extends UnpooledDirectByteBuf {

        Reused(ReusedBuffers all) {
            super(all, BYTES, BYTES);
        }

        @Override
        protected ByteBuffer allocateDirect(int capacity) {
            ByteBuffer used = ALL.free.poll();
            return used == null ? ByteBuffer.allocateDirect(capacity) : used.clear();
        }

        @Override
        protected void freeDirect(ByteBuffer used) {
            ALL.free.offer(used);
        }
    }
}
