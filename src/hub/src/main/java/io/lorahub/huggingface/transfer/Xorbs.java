package io.lorahub.huggingface.transfer;

import io.lorahub.web.budget.RequestBudget;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;

/**
 * Reads chunks of the xorbs of one transfer, for all files of a shard. A few bytes can describe files that take the same
 * chunks over and over, so reading and skipping have one budget.
 */
final class Xorbs implements Closeable {

    private static final int BUFFER = 1 << 18;

    /** A chunk costs at least so much, in bytes: clients make no smaller ones but for the last of a file. */
    static final int CHUNK = 8 << 10;

    /** What the opening of a xorb costs, in bytes. */
    static final int OPENING = 64 << 10;

    private final Function<String, InputStream> pieces;
    private final RequestBudget budget;
    private long left;
    private XorbReader reader;

    /** @param most number of bytes to read, including those that are skipped */
    Xorbs(Function<String, InputStream> pieces, RequestBudget budget, long most) {
        this.pieces = pieces;
        this.budget = budget;
        left = most;
    }

    /** Goes to a chunk, in order where possible: the files of a shard mostly follow each other in its xorbs. */
    void seek(String hash, int chunk) throws IOException {
        if (reader == null || !reader.hash().equals(hash) || reader.chunk() > chunk) {
            close();
            spend(OPENING);
            reader = new XorbReader(hash, new BufferedInputStream(pieces.apply(hash), BUFFER));
        }
        while (reader.chunk() < chunk) {
            long before = reader.taken();
            reader.skip();
            spend(reader.taken() - before);
        }
    }

    /** Number of the next chunk in its xorb. */
    int chunk() {
        return reader.chunk();
    }

    /** @throws MalformedXetException if there is no sound chunk */
    byte[] next() throws IOException {
        long before = reader.taken();
        byte[] chunk = reader.next();
        spend(reader.taken() - before);
        return chunk;
    }

    private void spend(long bytes) {
        budget.step();
        left -= Math.max(CHUNK, bytes);
        if (left < 0) throw new MalformedXetException("The shard's files take the same chunks too often.");
    }

    @Override
    public void close() throws IOException {
        if (reader != null) reader.close();
        reader = null;
    }
}
