package io.lorahub.composition.model;

import io.lorahub.web.Format;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** The disk of this worker has no room for the files of a run or task. */
public final class NoRoomException extends RuntimeException {

    private static final long serialVersionUID = 1;
    private static final int DEPTH = 10;

    /** What the result of a run takes, if nobody knows; in bytes. */
    private static final long RESULT = 64 << 20;

    private final transient Path folder;
    private final transient LongSupplier needed;

    /** @param needed space that must be free there, in bytes */
    NoRoomException(Path folder, LongSupplier needed, Throwable cause) {
        super(cause);
        this.folder = folder;
        this.needed = needed;
    }

    /** For a failure of writing a result into a folder. */
    public static NoRoomException ofResult(Path folder, Throwable cause) {
        long more = free(folder) + RESULT;
        return new NoRoomException(folder, () -> more, cause);
    }

    /** Whether something failed because a disk is full, or a quota is used up. The JDK has no exception for it. */
    public static boolean isCause(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < DEPTH && cause != null; i++, cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            boolean full = message.contains("No space left on device") || message.contains("Disk quota exceeded");
            if (cause instanceof IOException && full) return true;
        }
        return false;
    }

    /** Usable space in bytes on the disk of a folder, which may not exist yet. */
    static long free(Path folder) {
        Path there = folder.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) there = there.getParent();
        try {
            return Files.getFileStore(there).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there is as much room by now. */
    public boolean isOver() {
        return free(folder) >= needed.getAsLong();
    }

    /** As of now, for people who don't know the machine, such as "12 MB free on its disk, but 310 MB are needed". */
    public String clause() {
        return "%s free on its disk, but %s are needed"
                .formatted(Format.bytes(free(folder)), Format.bytes(needed.getAsLong()));
    }

    @Override
    public String getMessage() {
        return "%s free on the disk of %s, but %s are needed."
                .formatted(Format.bytes(free(folder)), folder, Format.bytes(needed.getAsLong()));
    }
}
