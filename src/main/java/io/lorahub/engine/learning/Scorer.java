package io.lorahub.engine.learning;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.Examples;
import io.lorahub.engine.model.LossGradient;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Scores weight vectors on one set of examples. */
public final class Scorer implements AutoCloseable {

    private static final int OBJECTIVE_MAX_TOKENS = 64;

    private final Session session;
    private final AdapterBank bank;
    private final ExampleSet set;
    private final Examples packed;
    private final int[] exampleOfToken;
    private boolean sound;

    Scorer(Session session, AdapterBank bank, ExampleSet set) {
        this.session = session;
        this.bank = bank;
        this.set = set;
        packed = session.model().examples(set.inputs(), set.outputs());
        exampleOfToken = packed.exampleOfToken();
    }

    /** The example of each token loss. */
    int[] exampleOfToken() {
        return exampleOfToken;
    }

    ExampleSet examples() {
        return set;
    }

    /** Token losses of several weight vectors; small models compute them in one batch. */
    List<float[]> tokenLosses(List<double[]> vectors) {
        return session.model().tokenLosses(bank, packed, vectors);
    }

    /**
     * The mean over the examples of the example's mean token loss, in nats, of each weight vector; small models compute
     * them in one batch.
     */
    public double[] losses(List<double[]> vectors) {
        List<float[]> tokens = tokenLosses(vectors);
        double[] losses = new double[vectors.size()];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = outcomes(vectors.get(i), tokens.get(i), false).stream()
                    .mapToDouble(Outcome::loss)
                    .average()
                    .orElseThrow();
        }
        return losses;
    }

    /** How many vectors are computed at once. */
    int atOnce() {
        return session.model().vectorsAtOnce(bank, packed);
    }

    LossGradient gradient(double[] weights) {
        return session.model().gradient(bank, packed, weights);
    }

    /** What each example came to under the weights, in the order of the examples. */
    public List<Outcome> outcomes(double[] weights, boolean withPredictions) {
        return outcomes(weights, tokenLosses(List.of(weights)).get(0), withPredictions);
    }

    List<Outcome> outcomes(double[] weights, float[] tokenLosses, boolean withPredictions) {
        if (!sound && !finite(tokenLosses)) {
            requireSoundBase();
        }
        List<String> predictions =
                withPredictions ? session.generate(bank, set.inputs(), weights, longestOutput()) : null;
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < set.size(); i++) {
            float[] own = new float[set.outputs().get(i).length];
            int at = 0;
            for (int t = 0; t < tokenLosses.length; t++) {
                if (exampleOfToken[t] == i) {
                    own[at++] = tokenLosses[t];
                }
            }
            outcomes.add(new Outcome(set.examples().get(i), own, predictions == null ? null : predictions.get(i)));
        }
        return outcomes;
    }

    /** Weights may overflow, which makes them bad weights; a base model whose own losses are no numbers cannot be used. */
    private void requireSoundBase() {
        double[] zero = new double[session.candidates().size()];
        if (!finite(tokenLosses(List.of(zero)).get(0))) {
            throw new EngineException(
                    "The base model in %s gives no finite loss on these examples: its weights are not finite, or too large for %s. \"lorahub inspect\" names such tensors."
                            .formatted(
                                    session.base().folder(),
                                    session.model().precision().name().toLowerCase(Locale.ROOT)));
        }
        sound = true;
    }

    private static boolean finite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) return false;
        }
        return true;
    }

    /** A prediction longer than every output by some tokens is wrong anyway. */
    private int longestOutput() {
        int longest = set.outputs().stream().mapToInt(o -> o.length).max().orElseThrow();
        return Math.max(longest + 8, Math.min(OBJECTIVE_MAX_TOKENS, 2 * longest));
    }

    @Override
    public void close() {
        packed.close();
    }
}
