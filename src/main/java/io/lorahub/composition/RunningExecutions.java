package io.lorahub.composition;

import java.time.Duration;

/** A run that a worker is at, from when it was taken. */
final class RunningExecutions {

    private final RunClaim run;
    private RunExecution execution;
    private boolean stopped;

    RunningExecutions(RunClaim run) {
        this.run = run;
    }

    RunClaim run() {
        return run;
    }

    synchronized void begin(RunExecution begun) {
        execution = begun;
        if (stopped) begun.stop();
    }

    /** Ends it after the evaluation under way. For any thread. */
    synchronized void stop() {
        stopped = true;
        if (execution != null) execution.stop();
        notifyAll();
    }

    /** False where it was stopped meanwhile. */
    synchronized boolean pause(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        try {
            for (long left = duration.toMillis(); left > 0 && !stopped; left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
        return !stopped;
    }
}
