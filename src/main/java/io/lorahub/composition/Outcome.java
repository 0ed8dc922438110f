package io.lorahub.composition;

import java.time.Duration;

/** What becomes of a run in the queue after a worker had it. */
record Outcome(What what, Duration delay) {

    enum What {
        /** It waits no longer. */
        DONE,
        /** A worker, this or another, goes on with it. */
        AGAIN,
        /** Another worker has it; this one does nothing more to it. */
        LOST
    }

    static final Outcome DONE = new Outcome(What.DONE, Duration.ZERO);
    static final Outcome AGAIN = new Outcome(What.AGAIN, Duration.ZERO);
    static final Outcome LOST = new Outcome(What.LOST, Duration.ZERO);

    static Outcome after(Duration delay) {
        return new Outcome(What.AGAIN, delay);
    }
}
