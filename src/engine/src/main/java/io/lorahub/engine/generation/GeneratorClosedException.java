package io.lorahub.engine.generation;

import io.lorahub.engine.error.EngineException;

/** A request that is not written because its generator was closed or has failed; another generator could write it. */
public final class GeneratorClosedException extends EngineException {

    GeneratorClosedException(String message, Throwable cause) {
        super(message, cause);
    }
}
