package io.lorahub.bench.search;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.Scorer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What a search has to beat: the base model, the best single adapter, and all adapters alike. */
public final class SearchControls {

    static final String BASE = "base model";
    public static final String SINGLE = "best single adapter";
    static final String UNIFORM = "uniform mix";

    public static final List<String> NAMES = List.of(BASE, SINGLE, UNIFORM);

    /**
     * A control on a task.
     *
     * @param exactMatch  on the held-out examples, in percent
     * @param adapter     the best single one, or how the best one was trained; empty for the other controls
     * @param evaluations that it took
     * @param seconds     that these took
     */
    public record Result(
            String control,
            String task,
            int draw,
            double loss,
            @JsonProperty("exact_match") double exactMatch,
            String adapter,
            int evaluations,
            double seconds) {}

    private final LearningSession session;
    private final ExampleSet fewShot;
    private final List<Example> heldOut;

    public SearchControls(LearningSession session, ExampleSet fewShot, List<Example> heldOut) {
        this.session = session;
        this.fewShot = fewShot;
        this.heldOut = heldOut;
    }

    /** The best single adapter is the one with the lowest loss on the few-shot examples, as a run chooses it. */
    public List<Result> measured(String task, int draw) {
        int size = session.candidates().size();
        double[] uniform = new double[size];
        Arrays.fill(uniform, 1.0 / size);
        List<double[]> singles =
                IntStream.range(0, size).mapToObj(i -> alone(i, size)).toList();
        long start = System.nanoTime();
        int single = best(singles);
        double seconds = (System.nanoTime() - start) / 1e9;
        return List.of(
                tested(BASE, task, draw, new double[size], "", 0, 0),
                tested(
                        SINGLE,
                        task,
                        draw,
                        singles.get(single),
                        session.candidates().get(single),
                        size,
                        seconds),
                tested(UNIFORM, task, draw, uniform, "", 0, 0));
    }

    private static double[] alone(int i, int size) {
        double[] weights = new double[size];
        weights[i] = 1;
        return weights;
    }

    private int best(List<double[]> weights) {
        try (Scorer scorer = session.scorer(fewShot)) {
            double[] losses = scorer.losses(weights);
            return IntStream.range(0, losses.length)
                    .boxed()
                    .min(Comparator.comparingDouble(i -> losses[i]))
                    .orElseThrow();
        }
    }

    private Result tested(
            String name, String task, int draw, double[] weights, String adapter, int evaluations, double seconds) {
        TestedMix tested = TestedMix.of(session, session.bank(), weights, fewShot, heldOut);
        return new Result(name, task, draw, tested.loss(), tested.exactMatch(), adapter, evaluations, seconds);
    }
}
