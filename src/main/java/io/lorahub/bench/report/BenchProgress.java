package io.lorahub.bench.report;

/** Hears what a long measurement is doing. */
public interface BenchProgress {
    void say(String line);
}
