package io.lorahub.childprocess;

import java.util.OptionalLong;

/**
 * What a child process runs, and the memory that it can have.
 *
 * @param main calls {@link ChildMain#serve}
 * @param heap bytes for objects, and as much again for buffers
 * @param memory bytes of all memory that the system can't take back, native libraries' included; files that are mapped
 *     for reading don't count. Empty for no limit, and ineffective on systems without {@code RLIMIT_DATA}
 */
public record ChildProgram(Class<?> main, long heap, OptionalLong memory) {}
