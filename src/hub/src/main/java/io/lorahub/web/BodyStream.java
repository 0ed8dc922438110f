package io.lorahub.web;

import io.lorahub.web.connection.VertxInternals;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The body of a request that carries a large file, for a thread that can block. It needs less processor time than the
 * framework's stream: pieces are received ahead, many are read at a time, and their memory is reused, see
 * {@link ReusedBuffers}. {@code BodyLimit} and {@code SlowRequestGuard} apply to it as to every body.
 */
public final class BodyStream extends InputStream {

    /** Number of unread pieces above which the rest stays in the operating system's buffers, and so with the sender. */
    private static final int AHEAD = 16;

    /** The same limit for the pieces of all bodies together; each body can always have a few. */
    private static final int AHEAD_OF_ALL = 256;

    private static final int AHEAD_AT_LEAST = 3;
    private static final AtomicInteger OPEN = new AtomicInteger();

    /** Bodies being read, to be broken off when the process ends. */
    private static final Set<BodyStream> READ = ConcurrentHashMap.newKeySet();

    private static volatile boolean ending;

    private final HttpServerRequest request;
    private final Runnable closing;

    /** Its monitor guards the fields below, as in the framework. */
    private final HttpConnection connection;

    private final Channel channel;

    private final Deque<ByteBuf> pieces = new ArrayDeque<>();
    private ByteBufAllocator before;
    private long waiting; // bytes in the pieces
    private int needed; // bytes that a reader is waiting for
    private boolean paused;
    private boolean ended;
    private boolean closed;
    private Throwable failure;

    /**
     * Wraps a request whose body has not been read yet; the first read starts it. Endpoints get it from {@code
     * RequestBudgets}.
     *
     * @param closing is run when this is closed
     */
    public BodyStream(HttpServerRequest request, Runnable closing) {
        this.request = request;
        this.closing = closing;
        connection = request.connection();
        channel = VertxInternals.channel(connection).orElseThrow();
    }

    /** Breaks off all bodies; bytes that have already arrived can still be read. Senders resume from there later. */
    static void breakAllOff() {
        ending = true;
        READ.forEach(body -> body.fail(new IOException("The server is shutting down.")));
    }

    /** Breaks off the body, as if its sender had stopped; on any thread. */
    public void breakOff(String why) {
        fail(new IOException(why));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** Waits for as many bytes as fit, provided the body has them and they can be buffered here. */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int taken = 0;
        synchronized (connection) {
            if (closed) throw new IOException("The body is closed.");
            if (before == null) begin();
            await(length);
            if (pieces.isEmpty()) {
                if (failure != null) throw new IOException(failure);
                return -1;
            }
        }
        for (ByteBuf piece = first(); piece != null && taken < length; piece = first()) {
            int part = Math.min(length - taken, piece.readableBytes());
            piece.readBytes(target, offset + taken, part);
            taken += part;
            if (!piece.isReadable()) removeFirst();
        }
        resume(taken);
        return taken;
    }

    private void begin() throws IOException {
        before = channel.config().getAllocator();
        OPEN.incrementAndGet();
        READ.add(this);
        if (ending) throw new IOException("The server is shutting down.");
        if (!channel.isOpen()) throw new ClosedChannelException();
        ended = request.isEnded();
        if (ended) return;
        if (request.headers().contains(HttpHeaders.EXPECT, HttpHeaderValues.CONTINUE, true)) {
            request.response().writeContinue();
        }
        channel.config().setAllocator(ReusedBuffers.ALL);
        request.exceptionHandler(this::fail);
        request.endHandler(end -> end());
        request.handler(this::take);
        request.resume();
    }

    private void await(int length) throws IOException {
        try {
            needed = length;
            while (waiting < length && !paused && !ended && failure == null) connection.wait();
        } catch (InterruptedException e) {
            throw new InterruptedIOException("The rest of the body is not read.");
        } finally {
            needed = 0;
        }
    }

    private void take(Buffer piece) {
        ByteBuf bytes = VertxInternals.bytes(piece);
        synchronized (connection) {
            if (closed) {
                bytes.release();
                return;
            }
            pieces.add(bytes);
            waiting += bytes.readableBytes();
            if (pieces.size() >= ahead()) {
                paused = true;
                request.pause();
            }
            if (needed > 0 && (paused || waiting >= needed)) connection.notifyAll();
        }
    }

    private static int ahead() {
        return Math.max(AHEAD_AT_LEAST, Math.min(AHEAD, AHEAD_OF_ALL / Math.max(1, OPEN.get())));
    }

    private void end() {
        synchronized (connection) {
            ended = true;
            connection.notifyAll();
        }
    }

    private void fail(Throwable cause) {
        synchronized (connection) {
            failure = cause;
            connection.notifyAll();
        }
    }

    private ByteBuf first() {
        synchronized (connection) {
            return pieces.peek();
        }
    }

    private void removeFirst() {
        synchronized (connection) {
            pieces.remove().release();
        }
    }

    private void resume(int taken) {
        synchronized (connection) {
            waiting -= taken;
            if (!paused || pieces.size() > ahead() / 2) return;
            paused = false;
            request.resume();
        }
    }

    /** Receives and drops the rest of the body, so that the sender gets to the answer. */
    @Override
    public void close() {
        synchronized (connection) {
            if (closed) return;
            closed = true;
            pieces.forEach(ByteBuf::release);
            pieces.clear();
            if (before != null) {
                channel.config().setAllocator(before);
                OPEN.decrementAndGet();
                READ.remove(this);
            }
            if (!request.isEnded()) request.resume();
        }
        closing.run();
    }

    /**
     * Memory for data from a connection that sends a lot. Vert.x copies data from pooled memory to new arrays, because its
     * buffers are never released explicitly; allocating these takes longer than reading. Vert.x does not recognise this
     * allocator as a pool, so it leaves the bytes in place. Released memory is reused; memory that is not released is
     * garbage-collected like any object.
     */
    private static final class ReusedBuffers extends AbstractByteBufAllocator {

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
}
