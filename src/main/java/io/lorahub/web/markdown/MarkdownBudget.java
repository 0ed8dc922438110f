package io.lorahub.web.markdown;

import java.io.Reader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.regex.Pattern;
import org.commonmark.parser.beta.LinkProcessor;
import org.commonmark.parser.beta.LinkResult;

/**
 * How much time and room one text may take. The parser cannot be interrupted, and some texts take it the square of their
 * length; so it looks here at each line that it reads, at each link and at each piece that it writes.
 */
final class MarkdownBudget {

    /** Of the processor, so that a busy machine does not change what a card looks like. A long card takes a hundredth. */
    private static final Duration TIME = Duration.ofSeconds(1);

    /** Characters of HTML. A short text may refer ten thousand times to one long address. */
    private static final int MOST_OUTPUT = 1_000_000;

    /** Of all tables; short rows are filled up to the width of the first. */
    private static final long MOST_CELLS = 50_000;

    /** Between two looks at the clock. */
    private static final int STEPS = 16;

    /** A line below the first row of a table, also in a quote or a list. */
    private static final Pattern BELOW_HEAD = Pattern.compile("[\\s|:>*+0-9.)-]*-[\\s|:-]*");

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** The text takes more than there is. */
    static final class SpentException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private SpentException(String what) {
            super(what, null, false, false);
        }
    }

    private final long end = now() + TIME.toNanos();
    private int steps;

    private static long now() {
        return THREADS.isCurrentThreadCpuTimeSupported() ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }

    private void step() {
        if (++steps % STEPS == 0 && now() - end > 0) throw new SpentException("time");
    }

    /** @throws SpentException where tables could have too many cells */
    void requireRoomForTables(String text) {
        long lines = text.lines().count();
        long widest = text.lines()
                .filter(line -> BELOW_HEAD.matcher(line).matches())
                .mapToLong(line -> line.chars().filter(c -> c == '|').count() + 1)
                .max()
                .orElse(0);
        if (widest * lines > MOST_CELLS) throw new SpentException("cells");
    }

    /** The text, a line at a time. */
    Reader lines(String text) {
        return new Reader() {
            private int at;

            @Override
            public int read(char[] buffer, int offset, int length) {
                step();
                if (at == text.length()) return -1;
                int newline = text.indexOf('\n', at);
                int line = newline < 0 ? text.length() : newline + 1;
                int count = Math.min(length, line - at);
                text.getChars(at, at + count, buffer, offset);
                at += count;
                return count;
            }

            @Override
            public void close() {}
        };
    }

    /** Makes nothing of what may be a link; only counts. Each one makes the parser look at all brackets before it. */
    LinkProcessor linkSteps() {
        return (link, scanner, context) -> {
            step();
            return LinkResult.none();
        };
    }

    /** Takes as much as there is room for. */
    Appendable limited(StringBuilder html) {
        return new Appendable() {
            @Override
            public Appendable append(CharSequence text) {
                return append(text, 0, text.length());
            }

            @Override
            public Appendable append(CharSequence text, int from, int to) {
                step();
                if (html.length() + (to - from) > MOST_OUTPUT) throw new SpentException("output");
                html.append(text, from, to);
                return this;
            }

            @Override
            public Appendable append(char c) {
                return append(String.valueOf(c));
            }
        };
    }
}
