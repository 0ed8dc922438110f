package io.lorahub.web.markdown;

import java.io.Reader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.regex.Pattern;
import org.commonmark.parser.beta.LinkProcessor;
import org.commonmark.parser.beta.LinkResult;

/**
 * Limits the time and space for one text. The parser cannot be interrupted, and some texts take time quadratic in their
 * length, so the budget is checked at each line read, each link and each piece of output.
 */
final class MarkdownBudget {

    /** Processor time, so that a busy machine does not change how a card looks. A long card takes a hundredth of it. */
    private static final Duration TIME = Duration.ofSeconds(1);

    /** Characters of HTML. A short text can refer ten thousand times to one long address. */
    private static final int MOST_OUTPUT = 1_000_000;

    /** Cells of all tables; short rows are padded to the width of the first. */
    private static final long MOST_CELLS = 50_000;

    /** Steps between two checks of the clock. */
    private static final int STEPS = 16;

    /** The delimiter row below the first row of a table, also in a quote or a list. */
    private static final Pattern BELOW_HEAD = Pattern.compile("[\\s|:>*+0-9.)-]*-[\\s|:-]*");

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** The text exceeds its budget. */
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

    /** @throws SpentException if tables could have too many cells */
    void requireRoomForTables(String text) {
        long lines = text.lines().count();
        long widest = text.lines()
                .filter(line -> BELOW_HEAD.matcher(line).matches())
                .mapToLong(line -> line.chars().filter(c -> c == '|').count() + 1)
                .max()
                .orElse(0);
        if (widest * lines > MOST_CELLS) throw new SpentException("cells");
    }

    /** Reads the text one line at a time. */
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

    /** Creates no links; only counts potential ones, because each makes the parser scan all brackets before it. */
    LinkProcessor linkSteps() {
        return (link, scanner, context) -> {
            step();
            return LinkResult.none();
        };
    }

    /** Accepts output up to the limit. */
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
