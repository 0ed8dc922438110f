package io.lorahub.composition.queue;

import java.util.UUID;

/** Thrown if another worker holds the run or it was cancelled: the worker that was executing it must stop. */
public class LostRunException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LostRunException(UUID run) {
        super("The run %s is no longer this worker's.".formatted(run), null, false, false);
    }
}
