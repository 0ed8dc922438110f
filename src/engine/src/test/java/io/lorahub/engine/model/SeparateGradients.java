package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.model.format.Examples;
import java.util.Arrays;
import java.util.List;

/** Gradients of several examples, computed in one pass, against those computed one after another. */
final class SeparateGradients {

    private SeparateGradients() {}

    /** Checks them for every vector, in a batch and alone, with the activations kept and recomputed. */
    static void check(
            LanguageModel model, AdapterBank bank, List<int[]> inputs, List<int[]> labels, List<double[]> vectors) {
        check(model, bank, inputs, labels, vectors, 1e-3);
    }

    /** @param tolerance share of the largest derivative of an example */
    static void check(
            LanguageModel model,
            AdapterBank bank,
            List<int[]> inputs,
            List<int[]> labels,
            List<double[]> vectors,
            double tolerance) {
        float[][][] expected = new float[vectors.size()][inputs.size()][];
        for (int e = 0; e < inputs.size(); e++) {
            try (Examples one = model.examples(List.of(inputs.get(e)), List.of(labels.get(e)))) {
                for (int v = 0; v < vectors.size(); v++) {
                    double[] gradient =
                            model.gradient(bank, one, vectors.get(v)).gradient();
                    expected[v][e] = new float[gradient.length];
                    for (int i = 0; i < gradient.length; i++) expected[v][e][i] = (float) gradient[i];
                }
            }
        }
        try (Examples examples = model.separateExamples(inputs, labels)) {
            assertThat(examples.areSeparate()).isTrue();
            List<LossGradient> batch = model.gradients(bank, examples, vectors, true, false);
            for (int v = 0; v < vectors.size(); v++) {
                List<double[]> one = List.of(vectors.get(v));
                check("in a batch", batch.get(v), expected[v], tolerance);
                check("kept", model.gradients(bank, examples, one, true, false).get(0), expected[v], tolerance);
                check(
                        "recomputed",
                        model.gradients(bank, examples, one, true, true).get(0),
                        expected[v],
                        tolerance);
            }
        }
    }

    private static void check(String as, LossGradient actual, float[][] expected, double tolerance) {
        double[] mean = new double[expected[0].length];
        assertThat(actual.ofExamples()).hasNumberOfRows(expected.length);
        for (int e = 0; e < expected.length; e++) {
            double largest = 0;
            for (int i = 0; i < mean.length; i++) {
                largest = Math.max(largest, Math.abs(expected[e][i]));
                mean[i] += (double) expected[e][i] / expected.length;
            }
            assertThat(largest).isPositive();
            assertThat(actual.ofExamples()[e]).as("%s, example %d", as, e).containsExactly(expected[e], within((float)
                    (tolerance * largest + 1e-5)));
        }
        double most = Arrays.stream(mean).map(Math::abs).max().orElseThrow();
        assertThat(actual.gradient()).as(as).containsExactly(mean, within(tolerance * most + 1e-5));
    }
}
