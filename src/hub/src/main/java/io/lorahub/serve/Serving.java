package io.lorahub.serve;

/**
 * Fired when the process answers. Slow tasks at startup wait for this event instead of delaying the first answer; the
 * address is printed after them.
 *
 * @param pages false for a worker
 */
public record Serving(boolean pages) {}
