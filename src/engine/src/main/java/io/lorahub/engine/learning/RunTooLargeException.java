package io.lorahub.engine.learning;

import io.lorahub.engine.error.EngineException;

/** A run needs more memory than a worker has; a larger worker may be able to run it. */
public final class RunTooLargeException extends EngineException {

    private final RunMemory needed;

    RunTooLargeException(String message, RunMemory needed) {
        super(message);
        this.needed = needed;
    }

    public RunMemory needed() {
        return needed;
    }
}
