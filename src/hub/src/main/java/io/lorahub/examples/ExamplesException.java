package io.lorahub.examples;

import io.lorahub.engine.error.EngineException;
import java.nio.file.Path;

/** Thrown if a file of examples cannot be read; the message gives the line. */
public final class ExamplesException extends EngineException {

    /** @param message message including the place */
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
