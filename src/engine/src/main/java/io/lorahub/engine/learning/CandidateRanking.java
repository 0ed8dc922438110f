package io.lorahub.engine.learning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Candidates in the order in which they promise to help with a task, from the losses of a few mixes on its examples: of each
 * candidate alone, of each beside the best one, and of each beside the best two. All have the weight 1. A candidate that
 * does a part of the task may do nothing alone, where the other parts are missing, and nearly everything beside those that
 * do the rest.
 *
 * @param stages what was tried, the candidates alone first; none if no candidate could be tried
 */
public record CandidateRanking(List<Stage> stages) {

    private static final int STAGES = 3;

    /** Computes losses. */
    public interface Trials {

        /** The base model's loss; asked for once a candidate has been tried. */
        double base();

        /**
         * The losses of mixes of one of the candidates and all others; NaN where they can't be in one mix.
         *
         * @param beside the others
         */
        double[] losses(List<Integer> beside, List<Integer> candidates);
    }

    /**
     * Each candidate beside the same others.
     *
     * @param beside the others, which the loss before is of
     * @param losses by candidate; NaN if it isn't known
     */
    public record Stage(List<Integer> beside, double before, double[] losses) {

        /** Those whose loss is known, the lowest first. */
        List<Integer> order() {
            return IntStream.range(0, losses.length)
                    .filter(i -> !Double.isNaN(losses[i]))
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> losses[i]))
                    .toList();
        }
    }

    /**
     * Makes at most three trials of each candidate.
     *
     * @param candidates how many there are
     */
    public static CandidateRanking of(int candidates, Trials trials) {
        List<Stage> stages = new ArrayList<>();
        List<Integer> beside = List.of();
        List<Integer> others = IntStream.range(0, candidates).boxed().toList();
        double before = Double.NaN;
        while (stages.size() < STAGES && !others.isEmpty()) {
            double[] losses = spread(candidates, others, trials.losses(beside, others));
            if (Arrays.stream(losses).allMatch(Double::isNaN)) break;
            Stage stage = new Stage(beside, stages.isEmpty() ? trials.base() : before, losses);
            stages.add(stage);
            int best = stage.order().get(0);
            before = stage.losses[best];
            beside = Stream.concat(beside.stream(), Stream.of(best)).toList();
            others = stages.get(0).order().stream()
                    .filter(Predicate.not(beside::contains))
                    .toList();
        }
        return new CandidateRanking(List.copyOf(stages));
    }

    private static double[] spread(int candidates, List<Integer> some, double[] losses) {
        double[] all = new double[candidates];
        Arrays.fill(all, Double.NaN);
        for (int i = 0; i < losses.length; i++) all[some.get(i)] = losses[i];
        return all;
    }

    /** The best of each stage, then the second best of each, and so on. Those that could not be tried are missing. */
    public List<Integer> order() {
        List<List<Integer>> orders = stages.stream().map(Stage::order).toList();
        Set<Integer> ranked = new LinkedHashSet<>();
        int most = orders.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < most; i++) {
            for (List<Integer> order : orders) if (i < order.size()) ranked.add(order.get(i));
        }
        return List.copyOf(ranked);
    }

    /** The stage in which a candidate came out best, which gave it its place in the order. */
    public Stage reason(int candidate) {
        return stages.stream()
                .filter(stage -> !Double.isNaN(stage.losses[candidate]))
                .min(Comparator.comparingInt(stage -> stage.order().indexOf(candidate)))
                .orElseThrow();
    }
}
