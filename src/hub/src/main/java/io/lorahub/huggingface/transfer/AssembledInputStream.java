package io.lorahub.huggingface.transfer;

import java.io.IOException;
import java.io.InputStream;

/** The content of a file, read from its xorbs chunk by chunk. */
final class AssembledInputStream extends InputStream {

    private final XetFile file;
    private final Xorbs xorbs;

    private int segments; // already begun
    private XetFile.Segment segment;
    private long missing; // bytes of the segment
    private byte[] chunk = new byte[0];
    private int at;

    AssembledInputStream(XetFile file, Xorbs xorbs) {
        this.file = file;
        this.xorbs = xorbs;
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
        if (segment == null || xorbs.chunk() == segment.end()) {
            if (segment != null && missing != 0) {
                throw new MalformedXetException("A segment of the xorb %s has another size.".formatted(segment.xorb()));
            }
            if (segments == file.segments()) return false;
            segment = file.segment(segments++);
            missing = segment.bytes();
            xorbs.seek(segment.xorb(), segment.start());
        }
        chunk = xorbs.next();
        at = 0;
        missing -= chunk.length;
        return true;
    }
}
