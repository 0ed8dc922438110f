package io.lorahub.download;

import java.util.ArrayList;
import java.util.List;

/** What a response consists of: a download, or a range of it. */
record Content(List<Piece> pieces) {

    long length() {
        return pieces.stream().mapToLong(Piece::length).sum();
    }

    Content slice(ByteRange range) {
        List<Piece> kept = new ArrayList<>();
        long at = 0;
        long end = range.offset() + range.length();
        for (Piece piece : pieces) {
            long from = Math.max(range.offset(), at);
            long to = Math.min(end, at + piece.length());
            if (from < to) kept.add(piece.slice(from - at, to - from));
            at += piece.length();
        }
        return new Content(kept);
    }
}
