package io.lorahub.engine.jinja;

/** A part of a template that writes text or sets variables. */
@FunctionalInterface
interface Statement {

    /** How the surrounding loop continues. */
    enum Next {
        STATEMENT,
        BREAK,
        CONTINUE
    }

    Next render(Frame frame, Output output);
}
