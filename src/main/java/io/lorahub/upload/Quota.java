package io.lorahub.upload;

/**
 * How much a member stores.
 *
 * @param used bytes
 * @param most bytes that the member may store
 */
public record Quota(long used, long most) {}
