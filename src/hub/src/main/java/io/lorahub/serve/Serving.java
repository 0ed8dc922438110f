package io.lorahub.serve;

/**
 * Fired when the process answers and has printed its address. Slow tasks at startup wait for this event instead of
 * delaying the start.
 *
 * @param pages false for a worker
 */
public record Serving(boolean pages) {}
