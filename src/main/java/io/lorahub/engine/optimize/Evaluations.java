package io.lorahub.engine.optimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What a search has been told so far, in order. An objective that is not a number counts as infinitely bad. */
final class Evaluations {

    private final List<Observation> observations = new ArrayList<>();
    private int spent;

    void add(EvaluationRequest query, Observation observation) {
        observations.add(observation);
        spent += query.cost();
    }

    int spent() {
        return spent;
    }

    int size() {
        return observations.size();
    }

    Observation get(int index) {
        return observations.get(index);
    }

    double[] weights(int index) {
        return observations.get(index).weights();
    }

    double objective(int index) {
        double objective = observations.get(index).objective();
        return Double.isNaN(objective) ? Double.POSITIVE_INFINITY : objective;
    }

    /** Index of the lowest objective; the first of equals. */
    int best() {
        return order(0, size()).get(0);
    }

    /** The indices of a range, lowest objective first, earlier before later among equals. */
    List<Integer> order(int from, int to) {
        return IntStream.range(from, to)
                .boxed()
                .sorted(Comparator.comparingDouble(this::objective))
                .toList();
    }

    /** Where exactly these weights were evaluated first. */
    Optional<Integer> find(double[] weights) {
        return IntStream.range(0, size())
                .filter(i -> Arrays.equals(weights(i), weights))
                .boxed()
                .findFirst();
    }

    /** Whether some evaluated point differs from this one by no more than the tolerance in any weight. */
    boolean holdsNear(double[] weights, double tolerance) {
        return observations.stream()
                .anyMatch(o -> IntStream.range(0, weights.length)
                        .allMatch(i -> Math.abs(o.weights()[i] - weights[i]) <= tolerance));
    }
}
