package io.lorahub.engine.learning.control;

import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.Objective;
import io.lorahub.engine.learning.Objectives;
import io.lorahub.engine.learning.Regularization;
import io.lorahub.engine.learning.Scorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Scores the controls as the search did, reusing its evaluations. Works in steps, so that results survive when a later
 * step is cancelled.
 */
final class ControlScorer implements AutoCloseable {

    private final LearningSession session;
    private final Optional<ExampleSet> heldOut;
    private final String objectiveName;
    private final Objective objective;
    private final Regularization regularization;
    private final LearnedMix learned;
    private final int maxNewTokens;
    private final Scorer scorer;
    private final int examples;
    private final int cutOff;
    private final List<String> names;
    private final Control[] singles;
    private Control base;
    private Control uniform;
    private Control best;
    private Control composed;

    /** Starts from the evaluations of the search. */
    ControlScorer(
            LearningSession session,
            ExampleSet fewShot,
            Optional<ExampleSet> heldOut,
            LearningSettings settings,
            LearnedMix learned,
            int maxNewTokens) {
        this.session = session;
        this.heldOut = heldOut;
        this.learned = learned;
        this.maxNewTokens = maxNewTokens;
        objectiveName = settings.objective();
        objective = Objectives.named(objectiveName, settings.batchSize());
        regularization = Regularization.l1(settings.l1());
        scorer = session.scorer(fewShot);
        examples = fewShot.size();
        int longest = Math.max(
                fewShot.longestOutput(), heldOut.map(ExampleSet::longestOutput).orElse(0));
        cutOff = longest > maxNewTokens ? longest : 0;
        names = session.candidates();
        singles = new Control[names.size()];
        for (int i = 0; i < singles.length; i++) {
            singles[i] = searched(names.get(i), single(i)).orElse(null);
        }
        base = searched("base", even(0)).orElse(null);
        uniform = searched("uniform", even(1.0 / singles.length)).orElse(null);
        composed = searched("composed", learned.vector()).orElse(null);
        chooseBest();
    }

    private Optional<Control> searched(String name, double[] weights) {
        return learned.history().stream()
                .filter(r -> Arrays.equals(r.weights(), session.perGroup(weights)))
                .findFirst()
                .map(r -> control(name, weights, r.loss()));
    }

    /**
     * Evaluates the remaining controls on the few-shot examples. Throws CancellationException once the session is
     * cancelled.
     */
    void evaluate() {
        List<Integer> unknown = IntStream.range(0, singles.length)
                .filter(i -> singles[i] == null)
                .boxed()
                .toList();
        session.begin("the controls, few-shot examples");
        for (int from = 0; from < unknown.size(); from += scorer.atOnce()) {
            List<Integer> batch = unknown.subList(from, Math.min(unknown.size(), from + scorer.atOnce()));
            List<Control> evaluated = evaluated(
                    batch.stream().map(names::get).toList(),
                    batch.stream().map(this::single).toList());
            for (int k = 0; k < batch.size(); k++) singles[batch.get(k)] = evaluated.get(k);
            chooseBest();
        }
        if (base == null) base = evaluated("base", even(0));
        if (uniform == null) uniform = evaluated("uniform", even(1.0 / singles.length));
        if (composed == null) composed = evaluated("composed", learned.vector());
    }

    private Control evaluated(String name, double[] weights) {
        return evaluated(List.of(name), List.of(weights)).get(0);
    }

    private List<Control> evaluated(List<String> names, List<double[]> mixes) {
        session.requireNotCancelled();
        List<float[]> losses = scorer.tokenLosses(mixes);
        List<Control> controls = new ArrayList<>();
        for (int i = 0; i < mixes.size(); i++) {
            double loss = objective.value(scorer.outcomes(mixes.get(i), losses.get(i), objective.readsPredictions()));
            controls.add(control(names.get(i), mixes.get(i), loss));
        }
        return controls;
    }

    private Control control(String name, double[] weights, double loss) {
        return new Control(name, weights, loss + regularization.value(weights), loss, Optional.empty(), List.of());
    }

    /** Decodes the held-out examples, the mix first. */
    void decode() {
        composed = tested("the mix", composed);
        best = tested("the best single adapter", best);
        base = tested("the base model", base);
        uniform = tested("the uniform mix", uniform);
    }

    /** Adds predictions for the held-out examples, if there are any and the control's loss is finite. */
    private Control tested(String what, Control control) {
        if (heldOut.isEmpty() || !Double.isFinite(control.loss())) return control;
        session.begin(what + ", held-out examples");
        List<String> predictions =
                session.generation().generate(session.bank(), heldOut.get().inputs(), control.weights(), maxNewTokens);
        Accuracy accuracy = Accuracy.of(predictions, heldOut.get().examples());
        return new Control(
                control.name(),
                control.weights(),
                control.objective(),
                control.loss(),
                Optional.of(accuracy),
                predictions);
    }

    /** Returns the controls; requires that all of them are evaluated. */
    KnownControls all() {
        return controls().withVerdict(Verdict.of(objectiveName, base, best, composed) + outlook());
    }

    KnownControls known() {
        KnownControls controls = controls();
        int left = names.size() - controls.singles().size();
        return controls.withVerdict(Verdict.of(objectiveName, controls, left, heldOut.isPresent()) + outlook());
    }

    /** What the result says about other inputs, after a space. */
    private String outlook() {
        if (cutOff > 0) return " " + Verdict.cutOff(maxNewTokens, cutOff);
        return heldOut.isPresent()
                ? ""
                : expected().map(expected -> " " + expected.sentence()).orElse("");
    }

    /** Nothing is known of inputs whose outputs are longer than predictions can be. */
    private Optional<ExpectedAccuracy> expected() {
        if (cutOff > 0) return Optional.empty();
        return Optional.ofNullable(learned.answer().observation().tokenLosses())
                .map(losses -> ExpectedAccuracy.of(losses, scorer.exampleOfToken(), examples));
    }

    private KnownControls controls() {
        return new KnownControls(
                Optional.ofNullable(base),
                Optional.ofNullable(uniform),
                Optional.ofNullable(best),
                Optional.ofNullable(composed),
                sorted(),
                expected(),
                cutOff,
                "");
    }

    private void chooseBest() {
        best = sorted().stream().findFirst().orElse(null);
    }

    private List<Control> sorted() {
        return Arrays.stream(singles)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparingDouble(Control::loss))
                .toList();
    }

    private double[] single(int i) {
        double[] weights = new double[singles.length];
        weights[i] = 1;
        return weights;
    }

    private double[] even(double weight) {
        double[] weights = new double[singles.length];
        Arrays.fill(weights, weight);
        return weights;
    }

    @Override
    public void close() {
        scorer.close();
    }
}
