package io.lorahub.engine.checkpoint;

import java.nio.file.Path;

/** A checkpoint that would run code when Python loads it. None of that code was run. */
public final class ForeignCodeException extends CheckpointException {

    ForeignCodeException(Path path, ForeignCallException cause) {
        super(sentence(path, cause.getMessage()), cause);
    }

    ForeignCodeException(String message, ForeignCodeException cause) {
        super(message, cause);
    }
}
