package io.lorahub.engine.lora.config;

/**
 * A limit on the characters that all expressions of one configuration read together: thousands of expressions, each
 * just within its own limit, would take hours.
 */
final class MatchBudget {

    /** About a second of matching. A list with a rank for each of a thousand modules needs a fiftieth of it. */
    private static final long MAX_READS = 50_000_000;

    private long left = MAX_READS;

    /** @throws BoundedPattern.UnusablePatternException if the budget is spent, now and on all later calls */
    void spend(long reads) {
        left -= reads;
        if (left < 0) {
            throw new BoundedPattern.UnusablePatternException(
                    "cannot be matched: all expressions of the configuration together take too long");
        }
    }
}
