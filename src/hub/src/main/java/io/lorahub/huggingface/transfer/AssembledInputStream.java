package io.lorahub.huggingface.transfer;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/** The content of a file, read from its xorbs chunk by chunk. */
final class AssembledInputStream extends InputStream {

    private static final int BUFFER = 1 << 18;

    private final Iterator<XetFile.Segment> segments;
    private final Function<String, InputStream> xorbs;

    /** Bytes of xorbs that can still be read: a list of segments could make us read the same ones for ever. */
    private long left;

    private XetFile.Segment segment;
    private long missing; // bytes of the segment
    private XorbReader reader;
    private byte[] chunk = new byte[0];
    private int at;

    /** @param most number of bytes of xorbs to read, including those that are skipped */
    AssembledInputStream(List<XetFile.Segment> segments, Function<String, InputStream> xorbs, long most) {
        this.segments = segments.iterator();
        this.xorbs = xorbs;
        left = most;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (at == chunk.length) {
            if (!advance()) return -1;
        }
        int part = Math.min(length, chunk.length - at);
        System.arraycopy(chunk, at, target, offset, part);
        at += part;
        return part;
    }

    private boolean advance() throws IOException {
        if (segment == null || reader.chunk() == segment.end()) {
            if (segment != null && missing != 0) {
                throw new MalformedXetException("A segment of the xorb %s has another size.".formatted(segment.xorb()));
            }
            if (!segments.hasNext()) return false;
            begin(segments.next());
        }
        long before = reader.taken();
        chunk = reader.next();
        at = 0;
        missing -= chunk.length;
        count(before);
        return true;
    }

    private void begin(XetFile.Segment next) throws IOException {
        segment = next;
        missing = next.bytes();
        if (reader == null || !reader.hash().equals(next.xorb()) || reader.chunk() > next.start()) {
            close();
            reader = new XorbReader(next.xorb(), new BufferedInputStream(xorbs.apply(next.xorb()), BUFFER));
        }
        while (reader.chunk() < next.start()) {
            long before = reader.taken();
            reader.skip();
            count(before);
        }
    }

    private void count(long before) {
        left -= reader.taken() - before;
        if (left < 0) throw new MalformedXetException("The file takes the same chunks too often.");
    }

    @Override
    public void close() throws IOException {
        if (reader != null) reader.close();
    }
}
