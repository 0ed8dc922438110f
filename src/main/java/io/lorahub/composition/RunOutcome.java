package io.lorahub.composition;

import java.time.Duration;

/** What becomes of a run in the queue after a worker had it. */
record RunOutcome(What what, Duration delay) {

    enum What {
        /** It waits no longer. */
        DONE,
        /** A worker, this or another, goes on with it. */
        AGAIN,
        /** Another worker has it; this one does nothing more to it. */
        LOST
    }

    static final RunOutcome DONE = new RunOutcome(What.DONE, Duration.ZERO);
    static final RunOutcome AGAIN = new RunOutcome(What.AGAIN, Duration.ZERO);
    static final RunOutcome LOST = new RunOutcome(What.LOST, Duration.ZERO);

    static RunOutcome after(Duration delay) {
        return new RunOutcome(What.AGAIN, delay);
    }
}
