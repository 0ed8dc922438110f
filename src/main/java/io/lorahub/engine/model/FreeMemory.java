package io.lorahub.engine.model;

import com.sun.jna.Native;

/** What libtorch has freed and the C library keeps for the next time. */
final class FreeMemory {

    private static final boolean KNOWN = isKnown();

    private FreeMemory() {}

    private static native int malloc_trim(long keep);

    private static boolean isKnown() {
        if (!System.getProperty("os.name").equals("Linux")) return false;
        try {
            Native.register(FreeMemory.class, "c");
            return true;
        } catch (LinkageError e) {
            return false; // another C library than glibc
        }
    }

    /** Gives it back to the system. Does nothing where the C library knows no such call. */
    static void giveBack() {
        if (KNOWN) malloc_trim(0);
    }
}
