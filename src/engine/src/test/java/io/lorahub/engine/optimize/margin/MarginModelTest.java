package io.lorahub.engine.optimize.margin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MarginModelTest {

    private static final int CANDIDATES = 6;
    private static final int TOKENS = 5;
    private static final int[] EXAMPLE_OF_TOKEN = {0, 0, 0, 1, 1};

    private final Random random = new Random(3);
    private final double[] shares = {0.2, 0.2, 0.2, 0.2, 0.2};

    private double[] vector(int size, double scale) {
        return random.doubles(size, -scale, scale).toArray();
    }

    private double[][] matrix(int rows, int columns, double scale) {
        double[][] matrix = new double[rows][];
        for (int i = 0; i < rows; i++) {
            matrix[i] = vector(columns, scale);
        }
        return matrix;
    }

    private MarginModel model(int points, double[]... gradients) {
        double[][] at = matrix(points, CANDIDATES, 1);
        at[0] = new double[CANDIDATES];
        double[][] margins = matrix(points, TOKENS, 4);
        List<LossSlope> slopes = new java.util.ArrayList<>();
        for (int r = 0; r < gradients.length; r++) {
            double[] perMargin = new double[TOKENS];
            for (int t = 0; t < TOKENS; t++) {
                perMargin[t] = shares[t] * Margins.slope(margins[r + 1][t]);
            }
            slopes.add(new LossSlope(r + 1, new double[][] {gradients[r]}, perMargin, new int[TOKENS]));
        }
        MarginModel model = new MarginModel(Kernel.STEPS, at, margins, margins[0], slopes);
        for (int i = 0; i < points; i++) {
            assertThat(model.at(at[i]).margins()).as("point %d", i).containsExactly(margins[i], within(0.1));
            assertThat(model.at(at[i]).variance()).isLessThan(0.01);
        }
        for (LossSlope slope : slopes) {
            assertThat(model.at(at[slope.point()]).gradient(slope.perMargin(), 0))
                    .as("the told gradient")
                    .containsExactly(slope.gradients()[0], within(0.02));
        }
        return model;
    }

    @Test
    void meets_the_margins_and_gradients_that_it_was_told() {
        model(4, vector(CANDIDATES, 0.3), vector(CANDIDATES, 0.3));
    }

    @Test
    void meets_gradients_where_the_points_span_all_directions() {
        model(9, vector(CANDIDATES, 0.3), vector(CANDIDATES, 0.3), vector(CANDIDATES, 0.3));
    }

    @Test
    void meets_the_gradients_of_each_example() {
        double[][] at = matrix(4, CANDIDATES, 1);
        at[0] = new double[CANDIDATES];
        ofExamples(at, 2);
    }

    @Test
    void meets_the_gradients_of_each_example_at_the_base_model_alone() {
        ofExamples(new double[1][CANDIDATES], 1);
    }

    /** A model with gradients of two examples, of three and two tokens, at the last points. */
    private MarginModel ofExamples(double[][] at, int gradients) {
        double[][] margins = matrix(at.length, TOKENS, 4);
        List<LossSlope> slopes = new java.util.ArrayList<>();
        for (int point = at.length - gradients; point < at.length; point++) {
            double[] perMargin = new double[TOKENS];
            for (int t = 0; t < TOKENS; t++) perMargin[t] = shares[t] * Margins.slope(margins[point][t]);
            slopes.add(new LossSlope(point, matrix(2, CANDIDATES, 0.3), perMargin, EXAMPLE_OF_TOKEN));
        }
        MarginModel model = new MarginModel(Kernel.STEPS, at, margins, margins[0], slopes);
        for (LossSlope slope : slopes) {
            for (int example = 0; example < 2; example++) {
                double[] own = slope.perMargin().clone();
                for (int t = 0; t < TOKENS; t++) own[t] *= EXAMPLE_OF_TOKEN[t] == example ? 1 : 0;
                assertThat(model.at(at[slope.point()]).gradient(own, 0))
                        .as("of example %d", example)
                        .containsExactly(slope.gradients()[example], within(0.02));
            }
        }
        return model;
    }

    @Test
    void the_gradient_of_the_expected_loss_is_its_derivative() {
        assertDerivative(model(5, vector(CANDIDATES, 0.2), vector(CANDIDATES, 0.2)));
        double[][] at = matrix(5, CANDIDATES, 1);
        at[0] = new double[CANDIDATES];
        assertDerivative(ofExamples(at, 2));
    }

    private void assertDerivative(MarginModel model) {
        ExpectedLoss loss = new ExpectedLoss(model, shares);
        double[] at = vector(CANDIDATES, 0.7);
        double[] gradient = new double[CANDIDATES];
        loss.value(at, gradient);
        for (int i = 0; i < CANDIDATES; i++) {
            double[] above = at.clone();
            double[] below = at.clone();
            above[i] += 1e-5;
            below[i] -= 1e-5;
            double numeric =
                    (loss.value(above, new double[CANDIDATES]) - loss.value(below, new double[CANDIDATES])) / 2e-5;
            assertThat(gradient[i]).isCloseTo(numeric, within(1e-6));
        }
    }

    @Test
    void is_unsure_far_from_what_was_tried() {
        MarginModel model = model(3);
        double[] far = new double[CANDIDATES];
        java.util.Arrays.fill(far, 1.5);
        assertThat(model.at(far).variance()).isGreaterThan(10);
    }
}
