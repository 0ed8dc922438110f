package io.lorahub.engine;

/** What the engine refuses or cannot do, said in one sentence that names the thing and what to do about it. */
public class EngineException extends RuntimeException {
    public EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
