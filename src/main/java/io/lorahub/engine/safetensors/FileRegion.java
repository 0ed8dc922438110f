package io.lorahub.engine.safetensors;

import java.nio.file.Path;

/**
 * Where a tensor's bytes lie.
 *
 * @param offset of the first byte in the file
 */
public record FileRegion(Path file, long offset) {}
