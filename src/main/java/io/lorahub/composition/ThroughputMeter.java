package io.lorahub.composition;

import io.lorahub.engine.learning.EvaluationRecord;
import io.lorahub.engine.learning.RunListener;
import java.util.List;
import java.util.OptionalDouble;

/** How fast this worker evaluates, from what it did lately; what it did before counts less and less. */
final class ThroughputMeter implements RunListener {

    /** Seconds of evaluations after which older ones count half. */
    private static final double MEMORY = 60;

    private double evaluations;
    private double seconds;

    @Override
    public synchronized void evaluated(List<EvaluationRecord> records, EvaluationRecord best, int spent) {
        for (EvaluationRecord record : records) {
            if (record.seconds() <= 0) continue; // taken over from another run
            evaluations++;
            seconds += record.seconds();
        }
        if (seconds > MEMORY) {
            evaluations /= 2;
            seconds /= 2;
        }
    }

    /** Evaluations per second of one slot; empty before the first. */
    synchronized OptionalDouble speed() {
        return seconds == 0 ? OptionalDouble.empty() : OptionalDouble.of(evaluations / seconds);
    }
}
