package io.lorahub.engine.learning;

/** A term added to the objective to keep weights small. */
@FunctionalInterface
public interface Regularization {

    double value(double[] weights);

    /** The published program's regularisation: strength times the mean of |w|; its default strength is 0.05. */
    static Regularization l1(double strength) {
        return weights -> {
            double sum = 0;
            for (double w : weights) sum += Math.abs(w);
            return weights.length == 0 ? 0 : strength * sum / weights.length;
        };
    }

    /** Derivative by central differences, which are accurate enough and need no model call; 0 at a kink of |w|. */
    default double[] gradient(double[] weights) {
        double step = 1e-6;
        double[] at = weights.clone();
        double[] gradient = new double[at.length];
        for (int i = 0; i < at.length; i++) {
            at[i] = weights[i] + step;
            double above = value(at);
            at[i] = weights[i] - step;
            gradient[i] = (above - value(at)) / (2 * step);
            at[i] = weights[i];
        }
        return gradient;
    }

    /** Returns the gradient of a loss with that of this term added. */
    default double[] add(double[] lossGradient, double[] weights) {
        double[] gradient = gradient(weights);
        for (int i = 0; i < gradient.length; i++) gradient[i] += lossGradient[i];
        return gradient;
    }
}
