package io.lorahub.engine.learning;

import io.lorahub.engine.error.EngineException;

/** The log of a run contains a point that the search would not have requested. */
public final class ForeignLogException extends EngineException {

    private static final long serialVersionUID = 1L;

    private final int number;

    ForeignLogException(int number) {
        super(
                "The log doesn't belong to this run, or comes from another version of LoraHub: its point %d has other weights than the search asks for."
                        .formatted(number));
        this.number = number;
    }

    /** Number of the first point that does not belong to the run; all earlier ones do. */
    public int number() {
        return number;
    }
}
