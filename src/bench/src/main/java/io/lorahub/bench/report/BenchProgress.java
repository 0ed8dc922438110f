package io.lorahub.bench.report;

/** Receives the current step of a long measurement. */
public interface BenchProgress {
    void say(String line);
}
