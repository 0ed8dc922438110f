package io.lorahub.engine.model;

import com.sun.jna.Native;

/** Memory that libtorch has freed and that the C library keeps for reuse. */
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
            return false; // the C library is not glibc
        }
    }

    /** Returns the memory to the system. Does nothing if the C library does not support this. */
    static void giveBack() {
        if (KNOWN) malloc_trim(0);
    }
}
