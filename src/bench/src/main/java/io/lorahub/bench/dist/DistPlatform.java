package io.lorahub.bench.dist;

import java.util.regex.Pattern;

/** A kind of machine that has an archive of its own. */
enum DistPlatform {
    LINUX_X86_64("linux-x86-64", "amd64", "x86[-_]64"),
    LINUX_ARM64("linux-arm64", "arm64", "aarch64|arm64|arm_64");

    /** Native libraries, and PostgreSQL. */
    private static final Pattern NATIVE = Pattern.compile(".*\\.(so(\\.\\d+)*|dll|dylib|jnilib|a|txz)");

    private static final Pattern GPU = Pattern.compile(".*/cu\\d+/.*");

    private final String title;
    private final String debian;
    private final Pattern own;

    DistPlatform(String title, String debian, String machine) {
        this.title = title;
        this.debian = debian;
        this.own = Pattern.compile("(.*/)?(postgres-)?linux[-/](" + machine + ")[/.].*", Pattern.CASE_INSENSITIVE);
    }

    /** As in the name of its archive. */
    String title() {
        return title;
    }

    /** What Debian calls it. */
    String debian() {
        return debian;
    }

    /** Whether an entry of a jar is a native library that this machine can't use. */
    boolean isForeign(String entry) {
        return NATIVE.matcher(entry).matches()
                && (!own.matcher(entry).matches() || GPU.matcher(entry).matches());
    }
}
