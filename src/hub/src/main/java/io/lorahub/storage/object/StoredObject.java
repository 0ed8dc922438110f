package io.lorahub.storage.object;

import java.time.Instant;

/** @param size in bytes */
public record StoredObject(String key, long size, Instant lastModified) {}
