package io.lorahub.composition;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.adapter.lineage.PartWeights;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.NearMisses;
import io.lorahub.engine.learning.control.BaselineComparison;
import io.lorahub.engine.learning.control.Control;
import io.lorahub.engine.learning.control.ExpectedAccuracy;
import io.lorahub.engine.learning.control.KnownControls;
import io.lorahub.engine.learning.control.Verdict;
import io.lorahub.engine.learning.export.ExportReport;
import io.lorahub.engine.learning.export.Refinement;
import io.lorahub.engine.learning.recipe.WrittenScore;
import io.lorahub.engine.optimize.Ending;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The result of a run, compared with its controls. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public final class RunResult {

    public String verdict;

    /** Weights by the candidates' addresses, in any order: the database doesn't keep it. */
    public Map<String, Double> weights;

    /**
     * Each adapter's weights by the names of the layer groups; null without groups, otherwise weights has of each adapter the
     * one that is farthest from 0.
     */
    public Map<String, Map<String, Double>> layerWeights;

    public double objective;
    public double loss;

    /** Evaluations spent of the budget. */
    public int evaluations;

    /** Evaluations spent when the objective last fell by 1 % of itself; null in older results. */
    public Integer lastGain;

    /** True if the search ended before its budget because its patience was spent; otherwise null. */
    public Boolean settled;

    /** True if its owner or a time limit ended the search before its budget; otherwise null. */
    public Boolean interrupted;

    /** True if it was the time limit of visitors; otherwise null. */
    public Boolean timedOut;

    public double secondsPerEvaluation;
    public Tried base;
    public Tried uniform;
    public Tried bestSingle;
    public Tried composed;

    /** The adapter in the files, if it was trained after the search; otherwise null, and they hold the mix. */
    public Tried refined;

    /** Steps that it was trained for; null if it was not to be. */
    public Integer refineSteps;

    /** Tokens of the longest output, if predictions end before it, so that it can't come out right; otherwise null. */
    public Integer cutOff;

    /** How the adapter in the files is likely to do on other inputs; null if that can't be told. */
    public Expected expected;

    /** The adapter that is better alone than the mix; null if there is none. */
    public String betterSingle;

    /** The loss of every candidate alone on the examples. */
    public Map<String, Double> singles;

    /** Null if all weights are 0, because then there is no adapter. */
    public Export export;

    /** When a search that spent its budget stopped gaining, as a sentence; empty if that is not known. */
    public String gains() {
        boolean spent = settled == null && interrupted == null && lastGain != null;
        return spent ? Ending.gains(lastGain, evaluations, loss) : "";
    }

    /** Who ended the search before its budget, as a clause. */
    public static String endedBy(boolean timedOut) {
        return timedOut ? "the time limit without an account ended it" : "its owner ended it";
    }

    /** The scores of the adapter in the files. */
    public Tried written() {
        return refined == null ? composed : refined;
    }

    /** Whether the adapter in the files is the mix as training has changed it. */
    @JsonIgnore
    public boolean isTrained() {
        return refineSteps != null && refineSteps > 0;
    }

    /** What refining the mix has changed, as a sentence; empty if it was not refined. */
    public String refinement() {
        if (refined == null) return "";
        if (refineSteps == 0) {
            return "Training it further didn't help: trained on the other examples, it did no better on those left out. So this is the mix as it was found.";
        }
        Share after = refined.heldOut();
        return after == null
                ? "Refined after the search: loss %s on the examples, %s before."
                        .formatted(RunFormat.figure(refined.loss()), RunFormat.figure(composed.loss()))
                : "Refined after the search: %,d of %,d held-out examples right, %,d before."
                        .formatted(
                                after.right(), after.count(), composed.heldOut().right());
    }

    public double weight(RunCandidate candidate) {
        return weights.getOrDefault(candidate.address(), 0.0);
    }

    /** An adapter's weights as in {@link PartWeights#byGroup}, in the groups' order, which the database doesn't keep. */
    public Map<String, Double> byGroup(CompositionRun run, RunCandidate candidate) {
        if (layerWeights == null) return Map.of(PartWeights.ALL, weight(candidate));
        Map<String, Double> own = layerWeights.getOrDefault(candidate.address(), Map.of());
        Map<String, Double> groups = new LinkedHashMap<>();
        run.spec.groups().names().forEach(group -> groups.put(group, own.getOrDefault(group, 0.0)));
        return groups;
    }

    /** All weights in the candidates' order; with layer groups, those of the first candidate first. */
    public double[] vector(CompositionRun run) {
        return run.candidates.stream()
                .flatMap(candidate -> byGroup(run, candidate).values().stream())
                .mapToDouble(weight -> weight)
                .toArray();
    }

    /** The adapter in the mix that replaces modules of the base model as a whole; empty if none does, or it is deleted. */
    public Optional<RunCandidate> replacing(CompositionRun run) {
        return run.candidates.stream()
                .filter(candidate -> !candidate.isDeleted() && weight(candidate) != 0)
                .filter(candidate -> !replaced(candidate).isEmpty())
                .findFirst();
    }

    /** The modules that an adapter replaces, such as lm_head. */
    public static List<String> replaced(RunCandidate candidate) {
        return candidate.version().summary().replacedModules();
    }

    /** An adapter in the mix that has been deleted, so its licence is no longer known. */
    public Optional<RunCandidate> deletedPart(CompositionRun run) {
        return run.candidates.stream()
                .filter(candidate -> candidate.isDeleted() && weight(candidate) != 0)
                .findFirst();
    }

    /**
     * The scores of one mix on the examples, and on the held-out ones.
     *
     * @param heldOut     null without held-out examples
     * @param predictions predictions for the held-out examples, in their order; if there are none, for the few-shot
     *     examples
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Tried(String name, double objective, double loss, Share heldOut, List<String> predictions) {

        public static Tried of(Control control, Function<Control, List<String>> predict) {
            List<String> predictions = control.predictions().isEmpty() ? predict.apply(control) : control.predictions();
            return new Tried(
                    control.name(),
                    control.objective(),
                    control.loss(),
                    control.heldOut().map(Share::of).orElse(null),
                    predictions.stream().map(RunPredictions::storable).toList());
        }

        /** The same scores as the engine represents them, without the weights. */
        public Control control() {
            return new Control(
                    name,
                    new double[0],
                    objective,
                    loss,
                    Optional.ofNullable(heldOut).map(Share::asAccuracy),
                    predictions == null ? List.of() : predictions);
        }
    }

    /**
     * The share answered exactly right, in percent, with the bounds of the 95 % interval.
     *
     * @param accuracy   ignores case, full stops and surrounding whitespace, like the published program
     * @param allButEnd  share that starts with the right answer but continues; 0 in older results
     * @param allButCase share that differs in case or spaces only; 0 in older results
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Share(
            double exactMatch,
            double accuracy,
            double low,
            double high,
            int count,
            double allButEnd,
            double allButCase) {

        public static Share of(Accuracy a) {
            return new Share(
                    a.exactMatch(),
                    a.accuracy(),
                    a.low(),
                    a.high(),
                    a.count(),
                    a.nearMisses().end(),
                    a.nearMisses().letters());
        }

        /** Number of examples answered exactly right. */
        public long right() {
            return Math.round(exactMatch * count / 100);
        }

        private Accuracy asAccuracy() {
            return new Accuracy(exactMatch, accuracy, low, high, count, new NearMisses(allButEnd, allButCase));
        }
    }

    /**
     * The share of other inputs that is likely to be answered exactly right, in percent, with the bounds between which eight of
     * ten runs were.
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Expected(double exactMatch, double low, double high) {

        static Expected of(ExpectedAccuracy expected) {
            return new Expected(expected.share(), expected.low(), expected.high());
        }

        public String sentence() {
            return new ExpectedAccuracy(exactMatch, low, high).sentence();
        }
    }

    /**
     * The merged adapter as written.
     *
     * @param rank     rank of every module
     * @param compared number of examples whose predictions were compared with those of the composition in memory
     * @param equal    number of them with equal predictions
     * @param errors   compression errors for rank 1, 2 and so on up to the rank: norm of the dropped part relative to
     *     the whole; null in older results, which do not record them
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Export(int rank, int compared, int equal, double[] errors) {

        public static Export of(ExportReport report, double[] errors) {
            return new Export(
                    report.rank(),
                    report.comparison().inputs(),
                    report.comparison().equal(),
                    errors);
        }
    }

    /**
     * @param controls all controls
     * @param predict  predicts the few-shot examples, for controls that have seen no held-out ones
     */
    public static RunResult of(LearnedMix learned, KnownControls controls, Function<Control, List<String>> predict) {
        RunResult result = new RunResult();
        result.lastGain = learned.lastGain();
        result.weights = learned.weights();
        result.layerWeights = learned.layerWeights().isEmpty() ? null : learned.layerWeights();
        result.objective = learned.objective();
        result.loss = learned.loss();
        result.evaluations = learned.evaluations();
        result.settled = learned.settled() ? true : null;
        result.interrupted = learned.interrupted() ? true : null;
        result.verdict = (controls.verdict() + " " + result.gains()).strip();
        result.secondsPerEvaluation = learned.secondsPerEvaluation();
        result.base = Tried.of(controls.base().orElseThrow(), predict);
        result.uniform = Tried.of(controls.uniform().orElseThrow(), predict);
        result.bestSingle = Tried.of(controls.bestSingle().orElseThrow(), predict);
        result.composed = Tried.of(controls.composed().orElseThrow(), predict);
        result.cutOff = controls.cutOff() == 0 ? null : controls.cutOff();
        result.expected = controls.expected().map(Expected::of).orElse(null);
        result.betterSingle = controls.betterSingle().map(Control::name).orElse(null);
        result.singles = new LinkedHashMap<>();
        controls.singles().forEach(single -> result.singles.put(single.name(), single.loss()));
        return result;
    }

    /**
     * Makes it the result of a run whose mix was trained.
     *
     * @param objective name of the run's objective
     * @param training  that was made
     * @param score     of the written adapter, with predictions
     */
    public void setRefined(String objective, Refinement.Training training, WrittenScore score) {
        Control own =
                new Control("refined", new double[0], score.loss(), score.loss(), score.heldOut(), score.predictions());
        refined = Tried.of(own, control -> List.of());
        refineSteps = training.steps();
        if (isTrained() && expected != null) {
            expected = training.expected().map(Expected::of).orElse(null);
        }
        String outlook = expected == null || own.heldOut().isPresent() ? "" : expected.sentence();
        Control single = bestSingle.control();
        verdict = String.join(" ", Verdict.of(objective, base.control(), single, own), refinement(), outlook, gains())
                .strip();
        if (BaselineComparison.compared(single, own) >= 0) betterSingle = null;
    }
}
