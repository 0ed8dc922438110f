package io.lorahub.upload;

import io.lorahub.web.Format;
import io.lorahub.web.ProblemException;
import io.micrometer.core.instrument.Metrics;

/**
 * A member's storage and its limit.
 *
 * @param used bytes in use
 * @param most maximum number of bytes
 */
public record Quota(long used, long most) {

    /** @param added what would be added, as the end of a sentence; empty if unknown */
    ProblemException exceeded(String added) {
        Metrics.counter("lorahub.quota.refusals").increment();
        return ProblemException.insufficientStorage(
                "Your files take %s of the %s that a member can store%s. Delete adapters, runs or uploads that you no longer need."
                        .formatted(Format.bytes(used), Format.bytes(most), added));
    }
}
