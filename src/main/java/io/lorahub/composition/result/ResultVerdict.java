package io.lorahub.composition.result;

import io.lorahub.composition.RunResult;
import io.lorahub.engine.learning.control.BaselineComparison;
import io.lorahub.engine.learning.control.Control;
import io.lorahub.engine.learning.control.Verdict;
import java.util.Locale;

/**
 * Summary of a run's result at the top of its page, by the same rule as in lists, in the API and on the command line.
 *
 * @param figure   number of examples answered exactly right; null without held-out ones
 * @param outOf    number of examples
 * @param headline one sentence
 * @param text     comparison with the controls
 * @param good     whether the mix is worth having
 */
public record ResultVerdict(Long figure, int outOf, String headline, String text, boolean good) {

    static ResultVerdict of(RunResult result) {
        Control base = result.base().control();
        Control single = result.bestSingle().control();
        Control composed = result.composed().control();
        BaselineComparison standing = BaselineComparison.of(base, single, composed);
        RunResult.Share own = result.composed().heldOut();
        return new ResultVerdict(
                own == null ? null : right(own),
                own == null ? 0 : own.count(),
                own == null ? onExamples(standing) : onHeldOut(standing, own),
                Verdict.of(base, single, composed),
                switch (standing) {
                    case HELPS, MAY_HELP -> true;
                    case FITS -> own == null;
                    default -> false;
                });
    }

    private static String onExamples(BaselineComparison standing) {
        return switch (standing) {
            case SINGLE_AS_GOOD -> "The best single adapter fits the examples as well as the mix.";
            case SINGLE_BETTER -> "The best single adapter fits the examples better than the mix.";
            case NONE_HELPS -> "No adapter helps with these examples.";
            default -> "The mix fits the examples better than the base model and any adapter alone.";
        };
    }

    private static String onHeldOut(BaselineComparison standing, RunResult.Share own) {
        String share = String.format(
                Locale.ENGLISH, "%,d of %,d held-out examples come out exactly right", right(own), own.count());
        return switch (standing) {
            case HELPS -> "The mix helps: " + share + ".";
            case MAY_HELP -> "The mix may help: " + share + ", but this may be chance.";
            case FITS -> "The mix fits the examples better, but gets no more of the held-out ones right.";
            case SINGLE_AS_GOOD -> "The best single adapter does as well as the mix.";
            case SINGLE_BETTER -> "The best single adapter does better than the mix.";
            case NONE_HELPS -> "No adapter helps: the base model does as well as the mix.";
        };
    }

    private static long right(RunResult.Share share) {
        return Math.round(share.exactMatch() * share.count() / 100);
    }
}
