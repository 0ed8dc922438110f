package io.lorahub.download.content;

import io.lorahub.adapter.OpenTransfers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The body of a response: a download, or a range of it.
 *
 * @param right what it needs until its end; empty if nothing can end it
 */
public record Content(List<ContentRegion> pieces, Optional<OpenTransfers.Right> right) {

    public long length() {
        return pieces.stream().mapToLong(ContentRegion::length).sum();
    }

    public Content slice(ByteRange range) {
        List<ContentRegion> kept = new ArrayList<>();
        long at = 0;
        long end = range.offset() + range.length();
        for (ContentRegion piece : pieces) {
            long from = Math.max(range.offset(), at);
            long to = Math.min(end, at + piece.length());
            if (from < to) kept.add(piece.slice(from - at, to - from));
            at += piece.length();
        }
        return new Content(kept, right);
    }
}
