package io.lorahub.download.content;

import io.lorahub.storage.Blobs;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;

/** Reads pieces one after another, opening each when it is reached. Whole files are verified against their hashes. */
final class ContentRegionStream implements AutoCloseable {

    private final Blobs blobs;
    private final Iterator<ContentRegion> pieces;

    private InputStream open = InputStream.nullInputStream();
    private long left;

    ContentRegionStream(Blobs blobs, Content content) {
        this.blobs = blobs;
        this.pieces = content.pieces().iterator();
    }

    /**
     * Fills the buffer as far as bytes are available.
     *
     * @return the number of bytes read; 0 at the end
     */
    int read(byte[] buffer) throws IOException {
        int filled = 0;
        while (filled < buffer.length && hasMore()) {
            int read = open.read(buffer, filled, (int) Math.min(buffer.length - filled, left));
            if (read < 0)
                throw new EOFException("A file in the object store is shorter than it was when it was stored.");
            filled += read;
            left -= read;
        }
        return filled;
    }

    private boolean hasMore() throws IOException {
        while (left == 0) {
            open.close();
            open = InputStream.nullInputStream();
            if (!pieces.hasNext()) return false;
            open(pieces.next());
        }
        return true;
    }

    private void open(ContentRegion piece) {
        if (piece instanceof ContentRegion.Stored stored) {
            open = stored.isWhole()
                    ? blobs.open(stored.sha256(), stored.size())
                    : blobs.open(stored.sha256(), stored.offset(), stored.length());
        } else if (piece instanceof ContentRegion.Bytes bytes) {
            open = bytes.open();
        }
        left = piece.length();
    }

    @Override
    public void close() throws IOException {
        open.close();
    }
}
