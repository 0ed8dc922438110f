package io.lorahub.composition.model;

import io.lorahub.web.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The disk of this worker has no room for the files of a run or task. */
public final class NoRoomException extends RuntimeException {

    private static final long serialVersionUID = 1;
    private static final int DEPTH = 10;

    /** What the result of a run takes, if nobody knows; in bytes. */
    private static final long RESULT = 64 << 20;

    /** A disk that was full although space is free, because of a quota or without inodes, is tried again after this long. */
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final long thrown = System.nanoTime();
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
        return there.toFile().getUsableSpace();
    }

    /** Whether there is as much room by now. */
    public boolean isOver() {
        boolean wasFull = getCause() != null && System.nanoTime() - thrown < PAUSE.toNanos();
        return !wasFull && free(folder) >= needed.getAsLong();
    }

    /** As of now, for people who don't know the machine, such as "12 MB free on its disk, but 310 MB are needed". */
    public String clause() {
        return describe("its disk");
    }

    private String describe(String disk) {
        long free = free(folder);
        return free < needed.getAsLong()
                ? "%s free on %s, but %s are needed"
                        .formatted(Format.bytes(free), disk, Format.bytes(needed.getAsLong()))
                : "%s free on %s, but can't write there (because of a quota, or too many files)"
                        .formatted(Format.bytes(free), disk);
    }

    @Override
    public String getMessage() {
        return describe("the disk of " + folder) + ".";
    }
}
