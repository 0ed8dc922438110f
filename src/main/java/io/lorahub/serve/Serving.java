package io.lorahub.serve;

/**
 * The process answers, and has said where. What takes longer at the start waits for this event, not for the start itself.
 *
 * @param pages false for a worker
 */
public record Serving(boolean pages) {}
