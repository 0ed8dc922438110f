package io.lorahub.composition;

import com.fasterxml.jackson.annotation.JsonValue;
import io.lorahub.engine.learning.Objective;
import io.lorahub.engine.learning.Objectives;
import io.lorahub.engine.names.EnumNames;

/** What a run on a hub minimises. Objectives of one's own exist only on the command line. */
public enum RunObjective {
    LOSS,
    REFERENCE,
    EXACT_MATCH,
    SIMILARITY;

    /** The engine's objective; {@link #REFERENCE} takes all examples as one batch. */
    public Objective objective() {
        return Objectives.named(toString(), 0);
    }

    /** The name on pages, in JSON and on the command line. */
    @Override
    @JsonValue
    public String toString() {
        return EnumNames.of(this);
    }
}
