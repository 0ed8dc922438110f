package io.lorahub.composition.result;

import io.lorahub.account.Person;
import io.lorahub.composition.AdapterWeights;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.live.RunProgress;
import io.lorahub.engine.learning.control.BaselineComparison;
import io.lorahub.engine.learning.control.Control;
import io.lorahub.engine.learning.control.Verdict;
import io.lorahub.web.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A run's result as shown on its page.
 *
 * @param refusal why the viewer cannot have anything more computed from it; empty if they can
 * @param weights weights of the adapters, those that add most to the mix first
 * @param zero    position of 0 among them, as a share of the drawing's width
 */
public record ResultView(
        CompositionRun run,
        RunResult result,
        Optional<String> refusal,
        ResultVerdict verdict,
        List<Row> controls,
        List<AdapterWeights> weights,
        double zero) {

    /**
     * The mix or one of its controls.
     *
     * @param note what it consists of
     * @param main whether this is what the files hold
     */
    public record Row(String title, String note, RunResult.Tried tried, boolean main) {}

    static ResultView of(CompositionRun run, RunResult result, Optional<Person> viewer) {
        int n = run.candidates.size();
        List<Row> rows = new ArrayList<>();
        if (result.refined != null) {
            String note =
                    result.isTrained() ? "trained for " + Format.count(result.refineSteps, "step") : "no step helped";
            rows.add(new Row("Refined", note, result.refined, true));
        }
        rows.addAll(List.of(
                new Row(
                        "Composed",
                        "budget of %d used".formatted(result.evaluations),
                        result.composed,
                        result.refined == null),
                new Row(
                        "Best single",
                        RunCandidate.name(result.bestSingle.name()) + " alone",
                        result.bestSingle,
                        false),
                new Row(
                        "Uniform mix",
                        n == 1 ? "the one at 1" : "each of %d at 1/%d".formatted(n, n),
                        result.uniform,
                        false),
                new Row("Base model", "no adapter", result.base, false)));
        RunProgress progress = progress(run);
        return new ResultView(
                run,
                result,
                run.refusal(viewer),
                ResultVerdict.of(run.spec, result),
                rows,
                AdapterWeights.of(run, weights(run, result), AdapterWeights.norms(run.candidates)),
                progress.zero());
    }

    /** All weights in the candidates' order. */
    static double[] weights(CompositionRun run, RunResult result) {
        return result.vector(run);
    }

    public String caption() {
        return progress(run).caption();
    }

    /** A finished run, without its log. */
    static RunProgress progress(CompositionRun run) {
        return new RunProgress(run, List.of(), List.of(), 0, Optional.empty(), run.endedAt, List.of());
    }

    /** A valid adapter name derived from the title. */
    public String proposedName() {
        String name = run.title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        name = name.substring(0, Math.min(64, name.length())).replaceAll("^-|-$", "");
        return name.isEmpty() ? "mix" : name;
    }

    public boolean isHeldOut() {
        return result.composed.heldOut() != null;
    }

    /** Which modules of the base model the mix replaces as a whole, and whose they are; empty if none. */
    public Optional<String> replaced() {
        return result.replacing(run)
                .map(candidate -> "The mix replaces %s of the base model as a whole, as %s does."
                        .formatted(String.join(", ", RunResult.replaced(candidate)), candidate.address()));
    }

    /** Number of adapters with a weight other than 0. */
    public long used() {
        return weights.stream().filter(adapter -> adapter.weights().isUsed()).count();
    }

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

        static ResultVerdict of(RunSpec spec, RunResult result) {
            Control base = result.base.control();
            Control single = result.bestSingle.control();
            Control composed = result.written().control();
            BaselineComparison comparison = BaselineComparison.of(base, single, composed);
            RunResult.Share own = result.written().heldOut();
            String verdict = Verdict.of(spec.settings().objective(), base, single, composed);
            PredictionTable examples = PredictionTable.of(spec, result, PredictionTable.Show.WRONG, 0);
            int all = examples.count(PredictionTable.Show.ALL);
            boolean noneRight = all > 0 && examples.total() == all;
            return new ResultVerdict(
                    own == null ? null : own.right(),
                    own == null ? 0 : own.count(),
                    own == null ? onExamples(comparison, all - examples.total(), all) : onHeldOut(comparison, own),
                    String.join(" ", verdict, outlook(spec, result)).strip(),
                    switch (comparison) {
                        case HELPS, MAY_HELP -> true;
                        case FITS -> own == null && !noneRight;
                        default -> false;
                    });
        }

        /** What limits the result, or what it lets expect; empty if there is nothing to say. */
        private static String outlook(RunSpec spec, RunResult result) {
            List<String> sentences = new ArrayList<>();
            if (Boolean.TRUE.equals(result.interrupted)) {
                sentences.add("The search had %,d of %s when %s."
                        .formatted(
                                result.evaluations,
                                Format.count(spec.budget(), "evaluation"),
                                RunResult.endedBy(Boolean.TRUE.equals(result.timedOut))));
            }
            if (result.cutOff != null) sentences.add(Verdict.cutOff(spec.maxNewTokens(), result.cutOff));
            if (result.written().heldOut() == null && result.expected != null) {
                sentences.add(result.expected.sentence());
            }
            return String.join(" ", sentences);
        }

        /** @param all number of examples whose predictions are known */
        private static String onExamples(BaselineComparison comparison, int right, int all) {
            return switch (comparison) {
                case SINGLE_AS_GOOD -> "The best single adapter fits the examples as well as the mix.";
                case SINGLE_BETTER -> "The best single adapter fits the examples better than the mix.";
                case NONE_HELPS -> "The search found no mix that fits the examples better than the base model.";
                default -> {
                    String better = "The mix fits the examples better than the base model and each candidate alone";
                    if (right == all) yield better + ".";
                    yield right == 0
                            ? better + ", but gets none of them exactly right."
                            : "%s, and gets %,d of %,d exactly right.".formatted(better, right, all);
                }
            };
        }

        private static String onHeldOut(BaselineComparison comparison, RunResult.Share own) {
            String share = String.format(
                    Locale.ENGLISH, "%,d of %,d held-out examples come out exactly right", own.right(), own.count());
            return switch (comparison) {
                case HELPS -> "The mix helps: " + share + ".";
                case MAY_HELP -> "The mix may help: " + share + ", but this may be chance.";
                case FITS -> "The mix fits the examples better, but gets no more of the held-out ones right.";
                case SINGLE_AS_GOOD -> "The best single adapter does as well as the mix.";
                case SINGLE_BETTER -> "The best single adapter does better than the mix.";
                case NONE_HELPS -> "The search found no mix that is better than the base model.";
            };
        }
    }
}
