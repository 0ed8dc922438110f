package io.lorahub.composition;

import java.util.Locale;

/**
 * What a run has come to, as its page says it first.
 *
 * @param figure   examples that come out exactly right; null without held-out ones
 * @param outOf    of how many
 * @param headline in one sentence
 * @param text     what the controls did beside it
 * @param good     whether the mix is worth having
 */
public record ResultVerdict(Long figure, int outOf, String headline, String text, boolean good) {

    static ResultVerdict of(RunResult result) {
        RunResult.Share own = result.composed().heldOut();
        if (own == null) {
            boolean good = result.composed().loss()
                    < Math.min(result.base().loss(), result.bestSingle().loss());
            return new ResultVerdict(null, 0, onExamples(result, good), result.verdict(), good);
        }
        long right = right(own);
        RunResult.Share single = result.bestSingle().heldOut();
        RunResult.Share base = result.base().heldOut();
        RunResult.Share best = single.exactMatch() > base.exactMatch() ? single : base;
        boolean better = own.exactMatch() > best.exactMatch();
        boolean sure = own.low() > best.high();
        return new ResultVerdict(
                right,
                own.count(),
                onHeldOut(right, own, single, base, better, sure),
                text(result, better, sure),
                better);
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

    private static String text(RunResult result, boolean better, boolean sure) {
        RunResult.Share own = result.composed().heldOut();
        String controls = "The best single adapter, %s, gets %d right and the base model %d."
                .formatted(
                        AdapterNames.last(result.bestSingle().name()),
                        right(result.bestSingle().heldOut()),
                        right(result.base().heldOut()));
        if (!better) {
            return "The mix gets %d of %d right. %s Try other candidates, more examples or a larger budget."
                    .formatted(right(own), own.count(), controls);
        }
        String intervals = sure
                ? "The 95 %% intervals do not overlap, so this is no accident of the %d examples."
                        .formatted(own.count())
                : "The 95 % intervals overlap; more held-out examples would tell.";
        return controls + " " + intervals;
    }

    static long right(RunResult.Share share) {
        return Math.round(share.exactMatch() * share.count() / 100);
    }
}
