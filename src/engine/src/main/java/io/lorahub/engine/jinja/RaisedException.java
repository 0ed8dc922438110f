package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.value.JinjaException;

/** Thrown by a template that calls raise_exception; the message is the template's own. */
public final class RaisedException extends JinjaException {

    RaisedException(String message) {
        super(message);
    }
}
