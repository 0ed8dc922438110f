package io.lorahub.engine.generation;

/** Why a generation ended. */
public enum FinishReason {
    /** The model wrote an end token, or the text reached one of the stop strings. */
    STOP,
    /** The text has as many tokens as were asked for, or as the model has positions for. */
    LENGTH,
    /** {@link Generation#cancel} was called. */
    CANCELLED
}
