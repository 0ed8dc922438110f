package io.lorahub.bench.study;

import io.lorahub.bench.search.TestedMix;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.MergeMethod;
import io.lorahub.engine.lora.merge.MergeOperator;
import io.lorahub.engine.lora.merge.OperatorMerge;
import io.lorahub.engine.lora.merge.WeightedAdapter;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.ComposedWeights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * PEFT's {@code add_weighted_adapter}: each method at the point of a grid that has the lowest loss on the examples. The
 * grid has the best two and three single candidates and all of them, at weights of 1 and 1/k, and two densities.
 */
final class PeftOperators implements StudyMethod {

    private static final List<MergeMethod> METHODS =
            List.of(MergeMethod.LINEAR, MergeMethod.TIES, MergeMethod.DARE_LINEAR, MergeMethod.MAGNITUDE_PRUNE);
    private static final List<Integer> CHOSEN = List.of(2, 3, Integer.MAX_VALUE);
    private static final List<Double> DENSITIES = List.of(0.3, 0.7);

    @Override
    public List<String> rows() {
        return METHODS.stream().map(PeftOperators::row).toList();
    }

    private static String row(MergeMethod method) {
        return "PEFT " + method;
    }

    @Override
    public boolean usesBudget() {
        return false;
    }

    /** No rows if the candidates' ranks differ, which these methods don't take. */
    @Override
    public List<Reached> reached(StudyCase given) {
        List<LoraAdapter> adapters = given.session().adapters();
        long ranks = adapters.stream()
                .flatMap(a -> a.modules().values().stream())
                .mapToInt(m -> m.rank())
                .distinct()
                .count();
        if (ranks > 1) return List.of();
        long start = System.nanoTime();
        List<LoraAdapter> ranking = ranking(given);
        double seconds = (System.nanoTime() - start) / 1e9;
        return METHODS.stream()
                .map(method -> best(method, ranking, given, seconds))
                .toList();
    }

    private static List<LoraAdapter> ranking(StudyCase given) {
        int size = given.candidates();
        try (Scorer scorer = given.session().scorer(given.fewShot())) {
            double[] losses = scorer.losses(IntStream.range(0, size)
                    .mapToObj(i -> {
                        double[] alone = new double[size];
                        alone[i] = 1;
                        return alone;
                    })
                    .toList());
            return IntStream.range(0, size)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> losses[i]))
                    .map(given.session().adapters()::get)
                    .toList();
        }
    }

    private record Point(List<WeightedAdapter> adapters, MergeOperator operator) {

        AdapterBank bank(StudyCase given) {
            LoraAdapter like = adapters.get(0).adapter();
            LoraAdapter merged = new LoraAdapter(
                    "merged",
                    like.path(),
                    like.config(),
                    OperatorMerge.of(adapters, operator).all(),
                    List.of(),
                    Optional.empty());
            return given.session().model().bank(List.of(merged), ComposedWeights.EXACT);
        }
    }

    private static List<Point> grid(MergeMethod method, List<LoraAdapter> ranking) {
        List<Point> grid = new ArrayList<>();
        List<MergeOperator> operators = method.prunes()
                ? DENSITIES.stream()
                        .map(d ->
                                new MergeOperator(method, OptionalDouble.of(d), Optional.empty(), OptionalLong.empty()))
                        .toList()
                : List.of(MergeOperator.of(method));
        for (int chosen : CHOSEN) {
            List<LoraAdapter> adapters = ranking.subList(0, Math.min(chosen, ranking.size()));
            for (double weight : new double[] {1, 1.0 / adapters.size()}) {
                List<WeightedAdapter> weighted = adapters.stream()
                        .map(a -> new WeightedAdapter(a, weight))
                        .toList();
                operators.forEach(o -> grid.add(new Point(weighted, o)));
            }
        }
        return grid;
    }

    /** @param seconds that the ranking took */
    private static Reached best(MergeMethod method, List<LoraAdapter> ranking, StudyCase given, double seconds) {
        long start = System.nanoTime();
        List<Point> grid = grid(method, ranking);
        Point best = null;
        double lowest = Double.POSITIVE_INFINITY;
        for (Point point : grid) {
            try (AdapterBank bank = point.bank(given)) {
                double loss = TestedMix.loss(given.session(), bank, new double[] {1}, given.fewShot());
                if (best == null || loss < lowest) {
                    best = point;
                    lowest = loss;
                }
            }
        }
        double all = seconds + (System.nanoTime() - start) / 1e9;
        try (AdapterBank bank = best.bank(given)) {
            TestedMix tested = TestedMix.of(given.session(), bank, new double[] {1}, given.fewShot(), given.heldOut());
            return new Reached(row(method), tested, ranking.size() + grid.size(), all);
        }
    }
}
