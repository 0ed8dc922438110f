package io.lorahub.bench.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.reference.PythonEnvironment;
import io.lorahub.bench.reference.PythonProgram;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.Regularization;
import io.lorahub.engine.learning.Scorer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/** Another program's search over the weights of the exact composition ({@code bench/weight_search.py}). */
final class PythonSearch implements StudyMethod {

    private final String row;
    private final String kind;
    private final Regularization regularization;
    private final Supplier<Path> environment;
    private PythonProgram program;

    private PythonSearch(String row, String kind, Regularization regularization, Supplier<Path> environment) {
        this.row = row;
        this.kind = kind;
        this.regularization = regularization;
        this.environment = environment;
    }

    /** The published program's search and objective. */
    static PythonSearch ngOpt(Supplier<Path> environment) {
        return new PythonSearch(
                "NGOpt, exact composition", "ngopt", Regularization.l1(LearningSettings.DEFAULT.l1()), environment);
    }

    static PythonSearch mergekit(Supplier<Path> environment) {
        return new PythonSearch("CMA-ES as in mergekit", "mergekit", Regularization.l1(0), environment);
    }

    @Override
    public List<String> rows() {
        return List.of(row);
    }

    @Override
    public List<Reached> reached(StudyCase given) {
        if (program == null) {
            program = PythonProgram.start(
                    PythonEnvironment.at(environment.get()), "weight_search.py", "The search by " + kind);
        }
        ObjectNode load = question("load").put("kind", kind).put("dimension", given.candidates());
        program.ask(load.put("budget", given.budget()).put("seed", LearningSettings.DEFAULT.seed()));
        long start = System.nanoTime();
        try (Scorer scorer = given.session().scorer(given.fewShot())) {
            for (int i = 0; i < given.budget(); i++) {
                double[] weights = weights("ask");
                double objective = scorer.losses(List.of(weights))[0] + regularization.value(weights);
                program.ask(question("tell").put("value", Double.isFinite(objective) ? objective : 1e6));
            }
        }
        double[] recommended = weights("recommended");
        double seconds = (System.nanoTime() - start) / 1e9;
        return List.of(given.reached(row, recommended, given.budget(), seconds));
    }

    private double[] weights(String what) {
        JsonNode weights = program.ask(question(what)).path("weights");
        return StreamSupport.stream(weights.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    private static ObjectNode question(String what) {
        return BenchOutput.JSON.createObjectNode().put("do", what);
    }

    @Override
    public void close() {
        if (program != null) program.close();
    }
}
