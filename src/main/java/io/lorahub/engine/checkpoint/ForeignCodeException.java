package io.lorahub.engine.checkpoint;

import java.nio.file.Path;

/** A checkpoint that would run something when Python loads it. Nothing of it was run. */
public final class ForeignCodeException extends CheckpointException {

    ForeignCodeException(Path path, ForeignCallException cause) {
        super(sentence(path, cause.getMessage()), cause);
    }

    ForeignCodeException(String message, ForeignCodeException cause) {
        super(message, cause);
    }
}
