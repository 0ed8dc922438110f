package io.lorahub.engine.safetensors;

import java.nio.file.Path;

/**
 * The position of a tensor's bytes in a file.
 *
 * @param offset offset of the first byte in the file
 */
public record FileRegion(Path file, long offset) {}
