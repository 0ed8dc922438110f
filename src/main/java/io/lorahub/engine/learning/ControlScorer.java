package io.lorahub.engine.learning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Scores mixes as the search did, looking up what it knows already. */
final class ControlScorer implements AutoCloseable {

    private final LearningSession session;
    private final Optional<ExampleSet> heldOut;
    private final Objective objective;
    private final Regularization regularization;
    private final LearnedMix learned;
    private final int maxNewTokens;
    private final Scorer scorer;

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
        objective = Objectives.named(settings.objective(), settings.batchSize());
        regularization = Regularization.l1(settings.l1());
        scorer = session.scorer(fewShot);
    }

    /** What the search knows of it. */
    Optional<Control> known(String name, double[] weights) {
        return learned.history().stream()
                .filter(r -> Arrays.equals(r.weights(), weights))
                .findFirst()
                .map(r -> control(name, weights, r.loss()));
    }

    /** How many mixes are evaluated at once. */
    int atOnce() {
        return scorer.atOnce();
    }

    /** On the few-shot examples, as one batch. Throws CancellationException once the session is cancelled. */
    List<Control> evaluated(List<String> names, List<double[]> mixes) {
        session.requireNotCancelled();
        List<float[]> losses = scorer.tokenLosses(mixes);
        List<Control> controls = new ArrayList<>();
        IntStream.range(0, mixes.size())
                .forEach(i -> controls.add(control(names.get(i), mixes.get(i), loss(mixes.get(i), losses.get(i)))));
        return controls;
    }

    /** With what it predicts on the held-out examples, where there are any, and where it can write anything. */
    Control tested(Control control) {
        if (heldOut.isEmpty() || !Double.isFinite(control.loss())) return control;
        List<String> predictions =
                session.generate(session.bank(), heldOut.get().inputs(), control.weights(), maxNewTokens);
        Accuracy accuracy = Accuracy.of(predictions, heldOut.get().examples());
        return new Control(
                control.name(),
                control.weights(),
                control.objective(),
                control.loss(),
                Optional.of(accuracy),
                predictions);
    }

    private Control control(String name, double[] weights, double loss) {
        return new Control(name, weights, loss + regularization.value(weights), loss, Optional.empty(), List.of());
    }

    private double loss(double[] weights, float[] tokenLosses) {
        return objective.value(scorer.outcomes(weights, tokenLosses, objective.readsPredictions()));
    }

    @Override
    public void close() {
        scorer.close();
    }
}
