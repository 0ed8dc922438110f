package io.lorahub.engine.safetensors;

import io.lorahub.engine.error.EngineException;
import java.nio.file.Path;

/** A safetensors file that cannot be read or written. */
public class SafetensorsException extends EngineException {

    /** @param reason the rest of a sentence, without its full stop */
    SafetensorsException(Path file, String reason) {
        super("The file %s cannot be used: %s.".formatted(file, reason));
    }

    SafetensorsException(String message, Throwable cause) {
        super(message, cause);
    }
}
