package io.lorahub.download.content;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A single byte range of a file, as in a Range header (RFC 9110, section 14).
 *
 * @param offset of the first byte
 * @param length in bytes; 0 only for a whole file that is empty
 */
public record ByteRange(long offset, long length) {

    private static final Pattern ONE =
            Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*", Pattern.CASE_INSENSITIVE);

    public static ByteRange whole(long size) {
        return new ByteRange(0, size);
    }

    /**
     * Parses a Range header. Empty if it can be ignored, as RFC 9110 permits: there is no range, there are several, the
     * unit is unknown, or the syntax is invalid.
     *
     * @throws UnsatisfiableRangeException if the file has no byte in the range
     */
    public static Optional<ByteRange> parse(String header, long size) {
        if (header == null) return Optional.empty();
        Matcher range = ONE.matcher(header);
        if (!range.matches()) return Optional.empty();
        String first = range.group(1);
        String last = range.group(2);
        if (first.isEmpty()) return last.isEmpty() ? Optional.empty() : Optional.of(suffix(Long.parseLong(last), size));
        long from = Long.parseLong(first);
        long to = last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last);
        if (to < from) return Optional.empty();
        if (from >= size) throw new UnsatisfiableRangeException(size);
        return Optional.of(new ByteRange(from, Math.min(to, size - 1) - from + 1));
    }

    private static ByteRange suffix(long length, long size) {
        if (length == 0 || size == 0) throw new UnsatisfiableRangeException(size);
        long taken = Math.min(length, size);
        return new ByteRange(size - taken, taken);
    }

    /** The value of the Content-Range header. */
    public String of(long size) {
        return "bytes %d-%d/%d".formatted(offset, offset + length - 1, size);
    }
}
