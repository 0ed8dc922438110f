package io.lorahub.bench;

/** Hears what a long measurement is doing. */
interface Progress {
    void say(String line);
}
