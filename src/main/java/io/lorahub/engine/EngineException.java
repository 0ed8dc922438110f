package io.lorahub.engine;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What the engine refuses or cannot do, said in one sentence that names the thing and what to do about it. */
public class EngineException extends RuntimeException {
    public EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Why a file could not be read or written, in words; the exception's own text is often only the file's name. */
    public static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file or folder";
        }
        if (e instanceof AccessDeniedException) {
            return "it may not be opened by this user";
        }
        if (e instanceof FileSystemException f && f.getReason() != null) {
            return f.getReason();
        }
        if (e instanceof FileAlreadyExistsException) {
            return "there is something else of this name";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** A text from a stranger's file as it may stand in a message: short, and without what could fool a terminal. */
    public static String quoted(String text) {
        String clipped = text.length() <= 200 ? text : text.substring(0, 200) + "…";
        return '"' + clipped.replaceAll("[\\p{Cc}\\p{Cf}]", "?") + '"';
    }
}
