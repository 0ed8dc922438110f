package io.lorahub.bench.search;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.control.Control;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What no search reaches by itself: the base model, the best single adapter, and all adapters alike. */
final class SearchControls {

    static final String BASE = "base model";
    static final String SINGLE = "best single adapter";
    static final String UNIFORM = "uniform mix";

    /**
     * A control on a task.
     *
     * @param exactMatch on the held-out examples, in percent
     * @param adapter    the best single one; empty for the other controls
     */
    record Result(
            String control,
            String task,
            int draw,
            double loss,
            @JsonProperty("exact_match") double exactMatch,
            String adapter) {}

    private final LearningSession session;
    private final ExampleSet fewShot;
    private final List<Example> heldOut;
    private final int maxNewTokens;

    SearchControls(LearningSession session, ExampleSet fewShot, List<Example> heldOut, int maxNewTokens) {
        this.session = session;
        this.fewShot = fewShot;
        this.heldOut = heldOut;
        this.maxNewTokens = maxNewTokens;
    }

    /** The best single adapter is the one with the lowest loss on the few-shot examples, as a run chooses it. */
    List<Result> measured(String task, int draw) {
        int size = session.candidates().size();
        double[] uniform = new double[size];
        Arrays.fill(uniform, 1.0 / size);
        Control single = IntStream.range(0, size)
                .mapToObj(i -> scored(session.candidates().get(i), alone(i, size)))
                .min(Comparator.comparingDouble(Control::loss))
                .orElseThrow();
        return List.of(
                tested(BASE, task, draw, scored(BASE, new double[size]), ""),
                tested(SINGLE, task, draw, single, single.name()),
                tested(UNIFORM, task, draw, scored(UNIFORM, uniform), ""));
    }

    private static double[] alone(int i, int size) {
        double[] weights = new double[size];
        weights[i] = 1;
        return weights;
    }

    private Control scored(String name, double[] weights) {
        return Control.of(name, weights, session, fewShot, LearningSettings.DEFAULT);
    }

    private Result tested(String name, String task, int draw, Control control, String adapter) {
        List<String> inputs = heldOut.stream().map(Example::input).toList();
        List<String> predictions = session.predict(inputs, control.weights(), maxNewTokens);
        double exactMatch = Accuracy.of(predictions, heldOut).exactMatch();
        return new Result(name, task, draw, control.loss(), exactMatch, adapter);
    }
}
