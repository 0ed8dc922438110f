package io.lorahub.engine.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The properties of this machine's processor that matter to libtorch's libraries. */
final class Processor {

    private static final String INTEL = "GenuineIntel";

    /** Features that oneDNN needs for bfloat16. */
    private static final List<String> AVX512 = List.of("avx512bw", "avx512dq", "avx512vl");

    /** Read once per process, because the processor does not change. */
    private static final List<String> DESCRIPTION = isX86() ? description() : List.of();

    private Processor() {}

    /**
     * Whether oneDNN is faster than MKL for float32 matrix products. libtorch uses MKL by default, which uses 512-bit
     * vectors only on Intel's own processors.
     */
    static boolean mklIsSlow() {
        return mklIsSlow(DESCRIPTION);
    }

    /** Whether MKL uses 512-bit vectors, where there are some. */
    static boolean isIntel() {
        return !DESCRIPTION.isEmpty() && !mklIsSlow();
    }

    /** @param description lines of /proc/cpuinfo, or the name of the processor on Windows; empty if unknown */
    static boolean mklIsSlow(List<String> description) {
        return !description.isEmpty() && description.stream().noneMatch(line -> line.contains(INTEL));
    }

    /** Whether oneDNN is known to support bfloat16 computation on this machine. */
    static boolean hasBfloat16() {
        return hasBfloat16(DESCRIPTION);
    }

    static boolean hasBfloat16(List<String> description) {
        return description.stream().anyMatch(line -> List.of(line.split("\\s+")).containsAll(AVX512));
    }

    private static boolean isX86() {
        String name = System.getProperty("os.arch");
        return name.equals("amd64") || name.equals("x86_64");
    }

    private static List<String> description() {
        String windows = System.getenv("PROCESSOR_IDENTIFIER");
        if (windows != null) return List.of(windows);
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.takeWhile(line -> !line.isBlank()).toList(); // the lines of the first processor
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }
}
