package io.lorahub.engine.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What this machine computes with, as far as libtorch's libraries differ on it. */
final class Processor {

    private static final String INTEL = "GenuineIntel";

    /** What oneDNN needs for bfloat16. */
    private static final List<String> AVX512 = List.of("avx512bw", "avx512dq", "avx512vl");

    /** Of a program, not of a machine that changes. */
    private static final List<String> DESCRIPTION = isX86() ? description() : List.of();

    private Processor() {}

    /**
     * Whether libtorch's float32 matrix products are better done by oneDNN. By itself it takes MKL, which uses vectors of
     * 512 bits on Intel's own processors only.
     */
    static boolean mklIsSlow() {
        return mklIsSlow(DESCRIPTION);
    }

    /** @param description lines of /proc/cpuinfo, or what Windows calls the processor; none where it is not known */
    static boolean mklIsSlow(List<String> description) {
        return !description.isEmpty() && description.stream().noneMatch(line -> line.contains(INTEL));
    }

    /** Whether oneDNN is known to compute in bfloat16 here. */
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
            return lines.takeWhile(line -> !line.isBlank()).toList(); // of the first of them
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }
}
