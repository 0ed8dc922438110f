package io.lorahub.engine.learning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Scores mixes as the search did, looking up what it knows already. */
final class ControlScorer implements AutoCloseable {

    private final Session session;
    private final Optional<ExampleSet> heldOut;
    private final Objective objective;
    private final Regularization regularization;
    private final Learned learned;
    private final int maxNewTokens;
    private final Scorer scorer;

    ControlScorer(
            Session session,
            ExampleSet fewShot,
            Optional<ExampleSet> heldOut,
            Settings settings,
            Learned learned,
            int maxNewTokens) {
        this.session = session;
        this.heldOut = heldOut;
        this.learned = learned;
        this.maxNewTokens = maxNewTokens;
        objective = Objectives.named(settings.objective(), settings.batchSize());
        regularization = Regularization.l1(settings.l1());
        scorer = session.scorer(fewShot);
    }

    /** Each candidate alone at weight 1, on the few-shot examples. */
    List<Control> singles() {
        int n = session.candidates().size();
        List<double[]> unknown = new ArrayList<>();
        List<Control> controls = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            double[] single = new double[n];
            single[i] = 1;
            if (known(single).isEmpty()) {
                unknown.add(single);
            }
        }
        List<float[]> losses = unknown.isEmpty() ? List.of() : scorer.tokenLosses(unknown);
        for (int i = 0; i < n; i++) {
            double[] single = new double[n];
            single[i] = 1;
            String name = session.candidates().get(i);
            controls.add(known(single)
                    .map(r -> control(name, single, r.loss()))
                    .orElseGet(() -> control(name, single, loss(single, losses.get(indexOf(unknown, single))))));
        }
        return controls;
    }

    /** With what it predicts on the held-out examples. */
    Control tested(String name, double[] weights) {
        double loss = known(weights)
                .map(EvaluationRecord::loss)
                .orElseGet(
                        () -> loss(weights, scorer.tokenLosses(List.of(weights)).get(0)));
        Control control = control(name, weights, loss);
        if (heldOut.isEmpty()) {
            return control;
        }
        List<String> predictions =
                session.generate(session.bank(), heldOut.get().inputs(), weights, maxNewTokens);
        Accuracy accuracy = Accuracy.of(predictions, heldOut.get().examples());
        return new Control(name, weights, control.objective(), loss, Optional.of(accuracy), predictions);
    }

    private Control control(String name, double[] weights, double loss) {
        return new Control(name, weights, loss + regularization.value(weights), loss, Optional.empty(), List.of());
    }

    private double loss(double[] weights, float[] tokenLosses) {
        return objective.value(scorer.outcomes(weights, tokenLosses, objective.readsPredictions()));
    }

    private Optional<EvaluationRecord> known(double[] weights) {
        return learned.history().stream()
                .filter(r -> Arrays.equals(r.weights(), weights))
                .findFirst();
    }

    private static int indexOf(List<double[]> vectors, double[] vector) {
        for (int i = 0; i < vectors.size(); i++) {
            if (Arrays.equals(vectors.get(i), vector)) {
                return i;
            }
        }
        throw new IllegalStateException("a vector that was just added is missing");
    }

    @Override
    public void close() {
        scorer.close();
    }
}
