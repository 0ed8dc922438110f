package io.lorahub.web;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Memory for data from a connection that sends a lot. Vert.x copies data from pooled memory to new arrays, because its
 * buffers are never released explicitly; allocating these takes longer than reading. Vert.x does not recognise this
 * allocator as a pool, so it leaves the bytes in place. Released memory is reused; memory that is not released is
 * garbage-collected like any object.
 */
final class ReusedBuffers extends AbstractByteBufAllocator {

    static final ReusedBuffers ALL = new ReusedBuffers();

    /** The most bytes Netty expects from one read; it expects fewer after smaller reads. */
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
