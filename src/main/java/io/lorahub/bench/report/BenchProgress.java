package io.lorahub.bench.report;

/** Is told what a long measurement is doing. */
public interface BenchProgress {
    void say(String line);
}
