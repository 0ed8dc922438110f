package io.lorahub.bench.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.engine.BenchSubject;
import io.lorahub.bench.engine.TokenExamples;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.names.EnumNames;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The published program in a process of its own, driven by lines of JSON ({@code bench/reference.py}). */
public final class PublishedProgram implements AutoCloseable {

    private static final String NAME = "The published program";

    private final PythonProgram program;
    private final int threads;

    PublishedProgram(PythonEnvironment environment, Path driver, int threads) {
        this.threads = threads;
        program = new PythonProgram(environment, driver, NAME);
    }

    private PublishedProgram(PythonProgram program, int threads) {
        this.program = program;
        this.threads = threads;
    }

    /** @param environment folder of a virtual environment with it */
    public static PublishedProgram start(Path environment, int threads) {
        return new PublishedProgram(
                PythonProgram.start(PythonEnvironment.at(environment), PythonEnvironment.PUBLISHED, NAME), threads);
    }

    void load(BenchSubject subject, Precision precision, TokenExamples examples) {
        ObjectNode question = question("load");
        question.put("base", subject.base().toString());
        question.put("adapters", subject.adapters().toString());
        question.put("dtype", EnumNames.of(precision));
        question.put("threads", threads);
        question.set("inputs", BenchOutput.JSON.valueToTree(examples.inputs()));
        question.set("labels", BenchOutput.JSON.valueToTree(examples.labels()));
        ask(question);
    }

    /** One evaluation: objective and seconds. */
    JsonNode score(double[] weights) {
        ObjectNode question = question("score");
        Arrays.stream(weights).forEach(question.withArray("weights")::add);
        return ask(question);
    }

    /** Seconds of the base model's loss alone. */
    double bare() {
        return ask(question("bare")).path("seconds").asDouble();
    }

    /** A whole run: seconds, evaluations, and the token loss that it ends with. */
    JsonNode learn(BenchSubject subject, Path examples, int budget) {
        return ask(learning(subject.base(), subject.adapters(), examples, budget));
    }

    /** The same, with the predictions for held-out examples. */
    public JsonNode learn(Path base, Path adapters, Path examples, int budget, Path heldOut) {
        return ask(learning(base, adapters, examples, budget).put("held_out", heldOut.toString()));
    }

    private ObjectNode learning(Path base, Path adapters, Path examples, int budget) {
        ObjectNode question = question("learn");
        question.put("base", base.toString());
        question.put("adapters", adapters.toString());
        question.put("examples", examples.toString());
        question.put("budget", budget);
        return question.put("threads", threads);
    }

    /** The same, as a separate command. */
    static List<String> command(
            PythonEnvironment environment, Path driver, BenchSubject subject, Path examples, int budget, int threads) {
        return List.of(
                environment.python().toString(),
                driver.toString(),
                "learn",
                subject.base().toString(),
                subject.adapters().toString(),
                examples.toString(),
                String.valueOf(budget),
                String.valueOf(threads));
    }

    private static ObjectNode question(String what) {
        return BenchOutput.JSON.createObjectNode().put("do", what);
    }

    private JsonNode ask(ObjectNode question) {
        return program.ask(question);
    }

    @Override
    public void close() {
        program.close();
    }

    /** Without the settings of our launcher, which users of the published program don't have. */
    static void withUsersEnvironment(ProcessBuilder builder) {
        builder.environment().keySet().removeAll(Set.of("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"));
    }
}
