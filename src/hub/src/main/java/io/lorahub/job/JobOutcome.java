package io.lorahub.job;

import java.time.Duration;

/**
 * What becomes of a job's place in the queue.
 *
 * @param place what is done with it
 * @param delay before the job is taken again; zero for others
 */
public record JobOutcome(Place place, Duration delay) {

    enum Place {
        REMOVED,
        KEPT,
        UNCHANGED
    }

    /** The job leaves the queue. */
    public static final JobOutcome DONE = new JobOutcome(Place.REMOVED, Duration.ZERO);

    /** The handler has seen to the queue itself, or another process has the job. */
    public static final JobOutcome UNCHANGED = new JobOutcome(Place.UNCHANGED, Duration.ZERO);

    /** The job waits again. */
    public static JobOutcome retryAfter(Duration delay) {
        return new JobOutcome(Place.KEPT, delay);
    }
}
