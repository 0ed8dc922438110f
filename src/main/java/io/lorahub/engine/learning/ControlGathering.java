package io.lorahub.engine.learning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/** The controls, gathered step by step, so that what there is stays when a step is cancelled. */
final class ControlGathering implements AutoCloseable {

    private final ControlScorer scorer;
    private final List<String> names;
    private final Control[] singles;
    private final double[] learned;
    private final boolean withHeldOut;
    private Control base;
    private Control uniform;
    private Control best;
    private Control composed;

    /** With what the search has evaluated. */
    ControlGathering(
            LearningSession session,
            ExampleSet fewShot,
            Optional<ExampleSet> heldOut,
            LearningSettings settings,
            LearnedMix found,
            int maxNewTokens) {
        scorer = new ControlScorer(session, fewShot, heldOut, settings, found, maxNewTokens);
        names = session.candidates();
        singles = new Control[names.size()];
        learned = found.vector();
        withHeldOut = heldOut.isPresent();
        for (int i = 0; i < singles.length; i++) {
            singles[i] = scorer.known(names.get(i), single(i)).orElse(null);
        }
        base = scorer.known("base", even(0)).orElse(null);
        uniform = scorer.known("uniform", even(1.0 / singles.length)).orElse(null);
        composed = scorer.known("composed", learned).orElse(null);
        chooseBest();
    }

    /** Evaluates on the few-shot examples what the search has not. */
    void evaluate() {
        List<Integer> unknown = IntStream.range(0, singles.length)
                .filter(i -> singles[i] == null)
                .boxed()
                .toList();
        for (int from = 0; from < unknown.size(); from += scorer.atOnce()) {
            List<Integer> batch = unknown.subList(from, Math.min(unknown.size(), from + scorer.atOnce()));
            List<Control> evaluated = scorer.evaluated(
                    batch.stream().map(names::get).toList(),
                    batch.stream().map(this::single).toList());
            for (int k = 0; k < batch.size(); k++) singles[batch.get(k)] = evaluated.get(k);
            chooseBest();
        }
        if (base == null) base = evaluated("base", even(0));
        if (uniform == null) uniform = evaluated("uniform", even(1.0 / singles.length));
        if (composed == null) composed = evaluated("composed", learned);
    }

    /** Decodes the held-out examples, the mix first. */
    void decode() {
        composed = scorer.tested(composed);
        best = scorer.tested(best);
        base = scorer.tested(base);
        uniform = scorer.tested(uniform);
    }

    /** Once all is evaluated. */
    TokenReport report() {
        return new TokenReport(base, uniform, best, composed, sorted(), Verdict.of(base, best, composed));
    }

    KnownControls known() {
        List<Control> single = sorted();
        KnownControls known = new KnownControls(
                Optional.ofNullable(base),
                Optional.ofNullable(uniform),
                Optional.ofNullable(best),
                Optional.ofNullable(composed),
                "");
        return known.saying(new KnownVerdict(known, names.size() - single.size(), withHeldOut).text());
    }

    private void chooseBest() {
        best = sorted().stream().findFirst().orElse(null);
    }

    private List<Control> sorted() {
        List<Control> sorted =
                new ArrayList<>(Arrays.stream(singles).filter(Objects::nonNull).toList());
        sorted.sort(Comparator.comparingDouble(Control::loss));
        return List.copyOf(sorted);
    }

    private Control evaluated(String name, double[] weights) {
        return scorer.evaluated(List.of(name), List.of(weights)).get(0);
    }

    private double[] single(int i) {
        double[] weights = new double[singles.length];
        weights[i] = 1;
        return weights;
    }

    private double[] even(double weight) {
        double[] weights = new double[singles.length];
        Arrays.fill(weights, weight);
        return weights;
    }

    @Override
    public void close() {
        scorer.close();
    }
}
