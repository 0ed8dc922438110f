package io.lorahub.cli;

import io.lorahub.engine.learning.Session;
import io.lorahub.engine.model.Composition;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** A base model with a fixed mix of adapters, ready to run. */
record Mixture(Session session, double[] weights) implements AutoCloseable {

    static Mixture open(
            ModelOptions model,
            DemoOptions demo,
            CandidateOptions candidates,
            WeightOptions weights,
            CommandSpec command) {
        Map<String, Path> paths = Sessions.candidates(candidates, demo, command);
        Map<String, Double> mix = weights.among(paths.keySet());
        Map<String, Path> used = new LinkedHashMap<>(paths);
        // in the paper's composition the first candidate gives the scale, whatever its weight
        if (model.composition() == Composition.EXACT) used.keySet().retainAll(mix.keySet());
        Session session = Sessions.open(model, demo, used);
        double[] vector = session.candidates().stream()
                .mapToDouble(c -> mix.getOrDefault(c, 0.0))
                .toArray();
        return new Mixture(session, vector);
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
