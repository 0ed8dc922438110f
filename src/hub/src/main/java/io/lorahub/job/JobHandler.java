package io.lorahub.job;

import java.time.Duration;
import java.util.Set;

/** Does the jobs of one kind. Every bean of this type is one. */
public interface JobHandler {

    /** The longest delay before a job is tried again. */
    Duration LONGEST_RETRY = Duration.ofMinutes(1);

    /** Where its jobs wait. */
    Set<JobQueue> queues();

    /** Its name in the queues; jobs that wait in the database have it. */
    String kind();

    /** What administrators read, such as "Checks of uploads". */
    String title();

    /**
     * Does a job, or the rest of one whose process has ended. It can be called for a job that is done already: a process can end
     * before the queue learns of it.
     *
     * @param id the job's own in its queue
     * @return what becomes of its place in the queue
     * @throws RuntimeException the job is tried again after {@link #retryAfter}
     */
    JobOutcome run(String id);

    /** @param failures how often in a row {@link #run} has thrown an exception, at least 1 */
    default Duration retryAfter(int failures) {
        Duration delay = Duration.ofSeconds(1L << Math.min(failures, 10));
        return delay.compareTo(LONGEST_RETRY) < 0 ? delay : LONGEST_RETRY;
    }

    /**
     * Called when the process that does a job has been silent for too long.
     *
     * @return whether the job is put back into the queue; false if this method has seen to it
     */
    default boolean lost(String id) {
        return true;
    }
}
