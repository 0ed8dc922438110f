package io.lorahub.bench;

import java.time.Duration;

/**
 * How much of the hub to measure.
 *
 * @param rate   pages a second
 * @param bytes  of the file that is transferred
 * @param rounds transfers of each kind
 */
record WebPlan(int adapters, double rate, Duration time, long bytes, int rounds) {

    /** Until the virtual machine has compiled what is asked for again and again. */
    Duration warmUp() {
        return time.dividedBy(3);
    }
}
