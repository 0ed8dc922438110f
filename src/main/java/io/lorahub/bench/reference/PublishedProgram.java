package io.lorahub.bench.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.engine.BenchSubject;
import io.lorahub.bench.engine.TokenExamples;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.names.EnumNames;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The published program in a process of its own, driven by lines of JSON ({@code bench/reference.py}). */
final class PublishedProgram implements AutoCloseable {

    private final Process process;
    private final BufferedWriter questions;
    private final BufferedReader answers;
    private final int threads;

    PublishedProgram(PythonEnvironment environment, Path driver, int threads) {
        this.threads = threads;
        try {
            // standard error has only progress bars; errors come as answers
            ProcessBuilder builder = new ProcessBuilder(environment.python().toString(), driver.toString());
            withUsersEnvironment(builder);
            process = builder.redirectError(Redirect.DISCARD).start();
        } catch (IOException e) {
            throw new UnavailableException("Python cannot be started: %s.".formatted(e.getMessage()));
        }
        questions = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
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
        ObjectNode question = question("learn");
        question.put("base", subject.base().toString());
        question.put("adapters", subject.adapters().toString());
        question.put("examples", examples.toString());
        question.put("budget", budget);
        question.put("threads", threads);
        return ask(question);
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
        try {
            questions.write(question.toString());
            questions.newLine();
            questions.flush();
            String line = answers.readLine();
            if (line == null) {
                throw new UnavailableException(("The published program ended at the request %s;"
                                + " its Python environment may lack a package.")
                        .formatted(question.path("do").asText()));
            }
            JsonNode answer = BenchOutput.JSON.readTree(line);
            if (answer.has("error")) {
                throw new UnavailableException("The published program failed: %s."
                        .formatted(answer.path("error").asText()));
            }
            return answer;
        } catch (IOException e) {
            throw new UnavailableException(
                    "The published program cannot be asked (%s); its Python environment may lack a package."
                            .formatted(e.getMessage()));
        }
    }

    @Override
    public void close() {
        process.destroy();
    }

    /** Without the settings of our launcher, which users of the published program don't have. */
    static void withUsersEnvironment(ProcessBuilder builder) {
        builder.environment().keySet().removeAll(Set.of("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"));
    }
}
