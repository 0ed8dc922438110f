package io.lorahub.engine.checkpoint;

import io.lorahub.engine.error.EngineException;
import java.nio.file.Path;

/** A checkpoint, model folder or adapter folder that cannot be read. */
public class CheckpointException extends EngineException {

    CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }

    static String sentence(Path path, String reason) {
        return "%s cannot be used: %s.".formatted(path, reason);
    }

    /** @param reason the rest of a sentence, without its full stop */
    static CheckpointException unusable(Path path, String reason, Throwable cause) {
        return new CheckpointException(sentence(path, reason), cause);
    }

    static CheckpointException unusable(Path path, String reason) {
        return unusable(path, reason, null);
    }
}
