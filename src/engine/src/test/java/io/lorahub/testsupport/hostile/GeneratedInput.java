package io.lorahub.testsupport.hostile;

import java.io.InputStream;
import java.util.Random;

/** This many bytes, generated as they are read; they do not repeat within any block of a power of two. */
public final class GeneratedInput extends InputStream {

    private final byte[] block = new byte[65_537];
    private final long size;
    private final long watched;
    private final Runnable watcher;
    private long position;

    public GeneratedInput(long size) {
        this(size, -1, () -> {});
    }

    /** @param watcher is run once, when so many bytes have been read */
    public GeneratedInput(long size, long watched, Runnable watcher) {
        this.size = size;
        this.watched = watched;
        this.watcher = watcher;
        new Random(1).nextBytes(block);
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (position == size) return -1;
        if (position == watched) watcher.run();
        long end = position < watched ? watched : size;
        int start = (int) (position % block.length);
        int count = (int) Math.min(Math.min(length, end - position), block.length - start);
        System.arraycopy(block, start, target, offset, count);
        position += count;
        return count;
    }
}
