package io.lorahub.engine.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this machine computes with, as far as libtorch's libraries differ on it. */
final class Processor {

    private static final String INTEL = "GenuineIntel";

    /** Of a program, not of a machine that changes. */
    private static final boolean MKL_IS_SLOW = isX86() && mklIsSlow(maker());

    private Processor() {}

    /**
     * Whether libtorch's float32 matrix products are better done by oneDNN. By itself it takes MKL, which uses vectors of
     * 512 bits on Intel's own processors only.
     */
    static boolean mklIsSlow() {
        return MKL_IS_SLOW;
    }

    /** @param maker the CPUID vendor string, perhaps with more around it; empty where it is not known */
    static boolean mklIsSlow(String maker) {
        return !maker.isEmpty() && !maker.contains(INTEL);
    }

    private static boolean isX86() {
        String name = System.getProperty("os.arch");
        return name.equals("amd64") || name.equals("x86_64");
    }

    private static String maker() {
        String windows = System.getenv("PROCESSOR_IDENTIFIER");
        if (windows != null) return windows;
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("vendor_id"))
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
