package io.lorahub.engine.jinja.value;

import java.time.Duration;

/**
 * Limits the work of one rendering. A unit is a character that is created or read, or as much memory, so the limit also
 * bounds memory.
 */
public final class RenderBudget {

    /** What a statement, a loop's iteration, a call or a comparison costs. */
    public static final int STEP = 8;

    /** What an element of a list or dict costs: with its place in the list it takes as much memory as a text of this length. */
    private static final int ELEMENT = 32;

    private static final long UNITS = 30_000_000;
    private static final Duration TIME = Duration.ofSeconds(10);

    private final long deadline = System.nanoTime() + TIME.toNanos();
    private long left = UNITS;
    private int calls;

    /** Charges for searching a text for a part. */
    public void spendSearch(String text, String part) {
        spend(text.length() + (long) text.length() * part.length() / 64);
    }

    /** Charges for elements that a list or dict gets, also in a copy. Call this before they are added. */
    public void spendElements(long elements) {
        spend(ELEMENT * elements);
    }

    /** Call this before the memory is allocated. Throws JinjaException when the work or the time is used up. */
    public void spend(long units) {
        left -= units;
        if (left < 0) throw new JinjaException("it does too much work or its output is too long");
        if ((++calls & 0xff) == 0 && System.nanoTime() > deadline) {
            throw new JinjaException("it does not finish within %d seconds".formatted(TIME.toSeconds()));
        }
    }
}
