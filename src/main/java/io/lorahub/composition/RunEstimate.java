package io.lorahub.composition;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a run will take, from what runs of the same base model took.
 *
 * @param secondsEach of an evaluation, by unit of budget
 * @param rest        of a run beside its search: controls, held-out check, files; seconds
 * @param evaluations that were measured
 * @param waiting     runs in the queue
 */
public record RunEstimate(int budget, Optional<Double> secondsEach, double rest, long evaluations, long waiting) {

    /** Empty before anything was measured. */
    public Optional<Duration> total() {
        return secondsEach.map(each -> Duration.ofMillis((long) (1000 * (budget * each + rest))));
    }
}
