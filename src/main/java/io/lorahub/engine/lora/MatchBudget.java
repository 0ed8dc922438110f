package io.lorahub.engine.lora;

/** What all expressions of one configuration may read together: thousands of them, each just within its own limit, take hours. */
final class MatchBudget {

    /** A second or so. A list of a rank for each of a thousand modules needs a fiftieth of it. */
    private static final long MAX_READS = 50_000_000;

    private long left = MAX_READS;

    /** @throws BoundedPattern.UnusablePatternException when it is spent, now and from then on */
    void spend(long reads) {
        left -= reads;
        if (left < 0) {
            throw new BoundedPattern.UnusablePatternException(
                    "cannot be matched: all expressions of the configuration together take too long");
        }
    }
}
