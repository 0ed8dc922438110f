package io.lorahub.examples;

import io.lorahub.engine.EngineException;
import java.nio.file.Path;

/** A file of examples that cannot be read, with its line. */
public final class ExamplesException extends EngineException {

    /** @param message with its place */
    ExamplesException(String message) {
        super(message);
    }

    ExamplesException(Path file, String message) {
        super("%s: %s".formatted(file, message));
    }

    ExamplesException(Path file, long line, String message) {
        super("%s, line %d: %s".formatted(file, line, message));
    }
}
