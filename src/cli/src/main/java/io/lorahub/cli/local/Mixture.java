package io.lorahub.cli.local;

import io.lorahub.cli.local.options.CandidateOptions;
import io.lorahub.cli.local.options.DemoOptions;
import io.lorahub.cli.local.options.ModelOptions;
import io.lorahub.cli.local.options.WeightOptions;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.model.ComposedWeights;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A base model with a fixed mix of adapters, ready to run.
 *
 * @param weights    of the session's adapters
 * @param candidates number of adapters to choose from, including those without a weight, which are not loaded
 */
record Mixture(LearningSession session, double[] weights, int candidates) implements AutoCloseable {

    /** To use it as it is; the base model alone if no adapter is given. */
    static Mixture orBaseAlone(
            ModelOptions model,
            DemoOptions demo,
            CandidateOptions candidates,
            WeightOptions weights,
            CommandSpec command) {
        boolean baseGiven = model.base().isPresent() || demo.hub().isPresent();
        if (weights.given() || candidates.given() || !baseGiven) {
            return open(model, demo, candidates, weights, command, ModelSessions::openToUse);
        }
        return new Mixture(
                ModelSessions.alone(model, demo, command.commandLine().getErr()), new double[0], 0);
    }

    /** To write the mix as an adapter. */
    static Mixture toMerge(
            ModelOptions model,
            DemoOptions demo,
            CandidateOptions candidates,
            WeightOptions weights,
            CommandSpec command) {
        return open(model, demo, candidates, weights, command, ModelSessions::openToMerge);
    }

    private interface Opening {
        LearningSession open(ModelOptions model, DemoOptions demo, Map<String, Path> paths, PrintWriter err);
    }

    private static Mixture open(
            ModelOptions model,
            DemoOptions demo,
            CandidateOptions candidates,
            WeightOptions weights,
            CommandSpec command,
            Opening opening) {
        Map<String, Path> paths = paths(demo, candidates, weights, command);
        Map<String, Double> mix = weights.among(paths.keySet(), candidates.given() ? "--adapters" : "the demo hub");
        Map<String, Path> used = new LinkedHashMap<>(paths);
        // in the paper's composition the first candidate gives the scale, whatever its weight
        if (model.composition() == ComposedWeights.EXACT) used.keySet().retainAll(mix.keySet());
        LearningSession session =
                opening.open(model, demo, used, command.commandLine().getErr());
        double[] vector = session.candidates().stream()
                .mapToDouble(c -> mix.getOrDefault(c, 0.0))
                .toArray();
        return new Mixture(session, vector, paths.size());
    }

    private static Map<String, Path> paths(
            DemoOptions demo, CandidateOptions candidates, WeightOptions weights, CommandSpec command) {
        boolean named = candidates.given() || demo.hub().isPresent();
        if (!named) weights.requirePlaces();
        Map<String, Path> places = weights.places(Set.of());
        if (!named && !places.isEmpty()) return places;
        Map<String, Path> paths = new LinkedHashMap<>(ModelSessions.candidates(candidates, demo, command));
        paths.putAll(weights.places(paths.keySet()));
        return paths;
    }

    /** The weights of all candidates, in no particular order; regularisation counts those of 0 too. */
    double[] allWeights() {
        return Arrays.copyOf(weights, candidates);
    }

    Map<String, Double> byName() {
        Map<String, Double> byName = new LinkedHashMap<>();
        for (int i = 0; i < weights.length; i++) byName.put(session.candidates().get(i), weights[i]);
        return byName;
    }

    @Override
    public void close() {
        session.close();
    }
}
