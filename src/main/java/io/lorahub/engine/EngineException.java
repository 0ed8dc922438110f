package io.lorahub.engine;

/** What the engine refuses or cannot do, said in one sentence that names the thing and what to do about it. */
public class EngineException extends RuntimeException {
    public EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A text from a stranger's file as it may stand in a message: short, and without what could fool a terminal. */
    public static String quoted(String text) {
        String clipped = text.length() <= 200 ? text : text.substring(0, 200) + "…";
        return '"' + clipped.replaceAll("[\\p{Cc}\\p{Cf}]", "?") + '"';
    }
}
