package io.lorahub.engine.optimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The observations that a search has received so far, in order. An objective that is NaN counts as infinite. */
public final class Evaluations {

    private final List<Observation> observations = new ArrayList<>();
    private int spent;

    public void add(EvaluationRequest query, Observation observation) {
        observations.add(observation);
        spent += query.cost();
    }

    /** Returns the same observations, to which more can be added. */
    public Evaluations copy() {
        Evaluations copy = new Evaluations();
        copy.observations.addAll(observations);
        copy.spent = spent;
        return copy;
    }

    public int spent() {
        return spent;
    }

    public int size() {
        return observations.size();
    }

    public Observation get(int index) {
        return observations.get(index);
    }

    public double[] weights(int index) {
        return observations.get(index).weights();
    }

    public double objective(int index) {
        double objective = observations.get(index).objective();
        return Double.isNaN(objective) ? Double.POSITIVE_INFINITY : objective;
    }

    /** Index of the lowest objective; the first one on a tie. */
    public int best() {
        return order(0, size()).get(0);
    }

    /** Returns the indices of a range by ascending objective; on a tie, the earlier one is first. */
    public List<Integer> order(int from, int to) {
        return IntStream.range(from, to)
                .boxed()
                .sorted(Comparator.comparingDouble(this::objective))
                .toList();
    }

    /** Returns the first evaluation of exactly these weights. */
    public Optional<Integer> find(double[] weights) {
        return IntStream.range(0, size())
                .filter(i -> Arrays.equals(weights(i), weights))
                .boxed()
                .findFirst();
    }

    /** Returns the gradient at exactly these weights, if it was evaluated. */
    public Optional<double[]> gradient(double[] weights) {
        return observations.stream()
                .filter(o -> o.gradient() != null && Arrays.equals(o.weights(), weights))
                .findFirst()
                .map(Observation::gradient);
    }

    /** Whether a gradient is known for each example, not only their mean. */
    public boolean hasExampleGradients() {
        return observations.stream().anyMatch(o -> o.exampleGradients() != null);
    }

    /** Whether an evaluated point differs from this one by at most the tolerance in each weight. */
    public boolean holdsNear(double[] weights, double tolerance) {
        return observations.stream()
                .anyMatch(o -> IntStream.range(0, weights.length)
                        .allMatch(i -> Math.abs(o.weights()[i] - weights[i]) <= tolerance));
    }
}
