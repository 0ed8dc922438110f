package io.lorahub.bench;

/** Hears what a long measurement is doing. */
interface BenchProgress {
    void say(String line);
}
