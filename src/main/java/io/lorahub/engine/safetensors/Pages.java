package io.lorahub.engine.safetensors;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** The memory that a mapped file takes in this process. */
final class Pages {

    /** POSIX: the pages are not expected to be needed; for a mapped file that means that they are read again if they are. */
    private static final int MADV_DONTNEED = 4;

    private static final boolean KNOWN = isKnown();

    private Pages() {}

    private static native int madvise(Pointer address, long length, int advice);

    private static boolean isKnown() {
        if (!System.getProperty("os.name").equals("Linux")) return false;
        try {
            Native.register(Pages.class, "c");
            return true;
        } catch (LinkageError e) {
            return false; // the pages stay until the system needs them
        }
    }

    /** Gives them back; a view of them reads the file again. Does nothing where the system knows no such call. */
    static void release(ByteBuffer mapped) {
        if (KNOWN) madvise(Native.getDirectBufferPointer(mapped), mapped.capacity(), MADV_DONTNEED);
    }
}
