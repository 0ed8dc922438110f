package io.lorahub.composition;

import java.util.UUID;

/** Thrown if another worker holds the run or it was cancelled: the worker that was executing it must stop. */
class LostRunException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LostRunException(UUID run) {
        super("The run %s is no longer this worker's.".formatted(run), null, false, false);
    }
}
