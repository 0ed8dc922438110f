package io.lorahub.engine.optimize;

import com.fasterxml.jackson.annotation.JsonValue;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.names.EnumNames;
import java.util.OptionalInt;

/**
 * When and how a search ends.
 *
 * @param patience evaluations without a gain after which the search ends before its budget; empty for never
 * @param pruning  how the default search leaves out weights that do nothing
 * @param average  number of the best points whose mean ends the search; empty for none
 */
public record Ending(OptionalInt patience, Pruning pruning, OptionalInt average) {

    public enum Pruning {
        /** By a rising cost of the sum of |w|. The default; recipes that name no pruning were made so. */
        LASSO,
        /**
         * One weight after the other, the least useful first (backward elimination). Leaves out more, at a cost of about a
         * point of exact match on the demo hub.
         */
        ELIMINATION;

        /** The name in JSON and on the command line. */
        @Override
        @JsonValue
        public String toString() {
            return EnumNames.of(this);
        }
    }

    public static final Ending DEFAULT = new Ending(OptionalInt.empty(), Pruning.LASSO, OptionalInt.empty());

    public Ending {
        if (patience.isPresent() && patience.getAsInt() < 1) {
            throw new EngineException(
                    "The patience must be at least one evaluation, but is %d.".formatted(patience.getAsInt()));
        }
        if (average.isPresent() && average.getAsInt() < 2) {
            throw new EngineException(
                    "A mean needs at least two points, but the number is %d.".formatted(average.getAsInt()));
        }
    }

    /** Why a search ends that has spent this patience, as a clause. */
    public static String gaveUp(int patience) {
        return patience == 1
                ? "one more evaluation brought no gain"
                : "%,d more evaluations brought no gain".formatted(patience);
    }

    public Ending withPatience(int evaluations) {
        return new Ending(OptionalInt.of(evaluations), pruning, average);
    }

    public Ending withPruning(Pruning other) {
        return new Ending(patience, other, average);
    }

    public Ending withAverage(int points) {
        return new Ending(patience, pruning, OptionalInt.of(points));
    }
}
