package io.lorahub.engine.optimize;

import com.fasterxml.jackson.annotation.JsonValue;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.engine.setting.SettingValues;
import java.util.Optional;

/**
 * When and how a search ends.
 *
 * @param patience evaluations without a gain after which the search ends before its budget; empty for never
 * @param pruning  how the default search leaves out weights that do nothing
 * @param average  number of the best points whose mean ends the search; empty for none
 */
public record Ending(Optional<Integer> patience, Pruning pruning, Optional<Integer> average) {

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

    /** A gain lowers the objective by at least this share of it. */
    public static final double GAIN = 0.01;

    /** Of the budget, within which a gain shows that a larger one may bring another. */
    private static final double LAST = 0.1;

    /** Loss on the examples that leaves nothing to gain from them. */
    private static final double FITTED = 0.01;

    public static final Ending DEFAULT = new Ending(Optional.empty(), Pruning.LASSO, Optional.empty());

    public Ending {
        patience.flatMap(SearchSettings.PATIENCE::fault).ifPresent(Ending::refuse);
        average.flatMap(SearchSettings.AVERAGE::fault).ifPresent(Ending::refuse);
    }

    private static void refuse(SearchSetting.Fault fault) {
        throw new EngineException(fault.sentence());
    }

    public static Ending of(SettingValues settings) {
        return new Ending(
                settings.find(SearchSettings.PATIENCE),
                settings.get(SearchSettings.PRUNING),
                settings.find(SearchSettings.AVERAGE));
    }

    /** The same settings with this ending. */
    public SettingValues in(SettingValues settings) {
        return settings.with(SearchSettings.PATIENCE, patience)
                .with(SearchSettings.PRUNING, pruning)
                .with(SearchSettings.AVERAGE, average);
    }

    /** Why a search ends that has spent this patience, as a clause. */
    public static String gaveUp(int patience) {
        return patience == 1
                ? "one more evaluation brought no gain"
                : "%,d more evaluations brought no gain".formatted(patience);
    }

    /**
     * Says when a search that spent its budget stopped gaining, as a sentence.
     *
     * @param lastGain evaluations spent when the objective last fell by {@link #GAIN}
     * @param spent    evaluations spent in all
     * @param loss     of the answer on the examples
     */
    public static String gains(int lastGain, int spent, double loss) {
        if (spent - lastGain <= LAST * spent)
            return "The objective was still falling when the budget was spent: a larger one may lower it further.";
        String stopped = "Of %,d evaluations, those after the first %,d brought no gain".formatted(spent, lastGain);
        return stopped
                + (loss < FITTED ? ": the examples are fitted, and only more of them can tell the search more." : ".");
    }

    public Ending withPatience(int evaluations) {
        return new Ending(Optional.of(evaluations), pruning, average);
    }

    public Ending withPruning(Pruning other) {
        return new Ending(patience, other, average);
    }

    public Ending withAverage(int points) {
        return new Ending(patience, pruning, Optional.of(points));
    }
}
