package io.lorahub.engine.jinja.value;

import io.lorahub.engine.error.EngineException;

/** A template that cannot be parsed or rendered. The message says why in one sentence, without the final stop. */
public class JinjaException extends EngineException {

    public JinjaException(String message) {
        super(message);
    }

    public JinjaException(int line, String message) {
        super("line %d: %s".formatted(line, message));
    }
}
