package io.lorahub.serve;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The end of a process in which libtorch may still compute. An ordinary exit, also {@link Runtime#halt}, runs the
 * destructors of C++; PyTorch's unload code that other threads still execute, and the process can abort.
 */
public final class ProcessExit {

    private static final Logger LOG = Logger.getLogger(ProcessExit.class);
    private static final String ENGINE = "io.lorahub.engine.";

    private ProcessExit() {}

    /** Whether a thread is inside the engine, perhaps in the middle of an evaluation. */
    public static boolean isEngineAtWork() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Stream::of)
                .anyMatch(frame -> frame.getClassName().startsWith(ENGINE));
    }

    /**
     * Ends the process at once, by C's {@code _exit}. Call this in a shutdown hook, after everything is closed. Returns
     * only if C's library can't be called; the process then ends by an ordinary exit.
     */
    public static void withoutDestructors(int code) {
        System.out.flush();
        System.err.flush();
        try {
            Function.getFunction(Platform.C_LIBRARY_NAME, "_exit").invoke(new Object[] {code});
        } catch (LinkageError e) {
            LOG.debug("C's library can't be called.", e);
        }
    }
}
