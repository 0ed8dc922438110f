package io.lorahub.engine.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Limits the number of bytes that can be read from a file, which also limits what a library builds from them. */
final class BudgetedChannel implements SeekableByteChannel {

    private final SeekableByteChannel file;
    private long budget;

    BudgetedChannel(Path path, long budget) throws IOException {
        file = Files.newByteChannel(path, StandardOpenOption.READ);
        this.budget = budget;
    }

    void liftBudget() {
        budget = Long.MAX_VALUE;
    }

    boolean isSpent() {
        return budget < 0;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int count = file.read(target);
        budget -= Math.max(count, 0);
        if (isSpent()) throw new IOException("more than the budget was read");
        return count;
    }

    @Override
    public long position() throws IOException {
        return file.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
        file.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public boolean isOpen() {
        return file.isOpen();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    @Override
    public int write(ByteBuffer source) {
        throw new UnsupportedOperationException("read only");
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new UnsupportedOperationException("read only");
    }
}
