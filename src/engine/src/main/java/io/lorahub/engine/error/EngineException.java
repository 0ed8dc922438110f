package io.lorahub.engine.error;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * An input that the engine rejects or an operation that it cannot do. The message is one sentence that names the cause
 * and the remedy.
 */
public class EngineException extends RuntimeException {
    public EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Explains why a file could not be read or written; the exception's own message is often only the file name. */
    public static String reason(IOException e) {
        if (e instanceof NoSuchFileException) return "there is no such file or folder";
        if (e instanceof AccessDeniedException) return "this user isn't allowed to open it";
        if (e instanceof FileSystemException f && f.getReason() != null) return f.getReason();
        if (e instanceof FileAlreadyExistsException) return "something else has this name";
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /**
     * Prepares untrusted text for use in a message: shortened, and without characters that could mislead a terminal.
     */
    public static String quoted(String text) {
        String clipped = text.length() <= 200 ? text : text.substring(0, 200) + "…";
        return '"' + clipped.replaceAll("[\\p{Cc}\\p{Cf}]", "?") + '"';
    }
}
