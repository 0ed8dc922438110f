package io.lorahub.composition;

import java.util.Locale;

/**
 * What a run has come to, as its page says it first.
 *
 * @param figure   examples that come out exactly right; null without held-out ones
 * @param outOf    of how many
 * @param headline in a few words; the sentence with the numbers is {@link RunResult#verdict}
 * @param good     whether the mix is worth having
 */
public record ResultVerdict(Long figure, int outOf, String headline, boolean good) {

    static ResultVerdict of(RunResult result) {
        RunResult.Share own = result.composed().heldOut();
        if (own == null) {
            boolean good = result.composed().loss()
                    < Math.min(result.base().loss(), result.bestSingle().loss());
            return new ResultVerdict(null, 0, onExamples(result, good), good);
        }
        long right = right(own);
        RunResult.Share single = result.bestSingle().heldOut();
        RunResult.Share base = result.base().heldOut();
        RunResult.Share best = single.exactMatch() > base.exactMatch() ? single : base;
        boolean better = own.exactMatch() > best.exactMatch();
        boolean sure = own.low() > best.high();
        return new ResultVerdict(right, own.count(), onHeldOut(right, own, single, base, better, sure), better);
    }

    private static String onExamples(RunResult result, boolean good) {
        if (good) return "The mix fits the examples better than the base model and than any adapter alone.";
        return result.bestSingle().loss() < result.base().loss()
                ? "The best single adapter fits the examples as well as the mix."
                : "No adapter helps with these examples.";
    }

    private static String onHeldOut(
            long right,
            RunResult.Share own,
            RunResult.Share single,
            RunResult.Share base,
            boolean better,
            boolean sure) {
        if (!better) {
            return base.exactMatch() >= single.exactMatch()
                    ? "No adapter helps: the base model does as well as the mix."
                    : "The best single adapter does as well as the mix.";
        }
        String share = String.format(
                Locale.ENGLISH, "%,d of %,d held-out examples come out exactly right", right, own.count());
        return sure ? "The mix helps: " + share + "." : "The mix may help: " + share + ", but this may be chance.";
    }

    static long right(RunResult.Share share) {
        return Math.round(share.exactMatch() * share.count() / 100);
    }
}
