package io.lorahub.bench.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.error.EngineException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.io.file.PathUtils;

/**
 * One of the benches' Python programs in a process of its own, driven by lines of JSON ({@code bench/driver.py}). What
 * goes wrong in it is an UnavailableException.
 */
public final class PythonProgram implements AutoCloseable {

    private final Process process;
    private final BufferedWriter questions;
    private final BufferedReader answers;
    private final String name;
    private final Optional<Path> scripts;

    /** @param name what it is called in messages, such as "The published program" */
    PythonProgram(PythonEnvironment environment, Path script, String name) {
        this(environment, script, name, Optional.empty());
    }

    private PythonProgram(PythonEnvironment environment, Path script, String name, Optional<Path> scripts) {
        this.name = name;
        this.scripts = scripts;
        try {
            // standard error has only progress bars; errors come as answers
            ProcessBuilder builder = new ProcessBuilder(environment.python().toString(), script.toString());
            PublishedProgram.withUsersEnvironment(builder);
            process = builder.redirectError(Redirect.DISCARD).start();
        } catch (IOException e) {
            throw new UnavailableException("Python cannot be started: %s.".formatted(e.getMessage()));
        }
        questions = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts a script of the folder {@code bench} in the resources. */
    public static PythonProgram start(PythonEnvironment environment, String script, String name) {
        Path scripts = PythonEnvironment.drivers();
        return new PythonProgram(environment, scripts.resolve(script), name, Optional.of(scripts));
    }

    /** @param question with {@code do}, what it is asked for */
    public JsonNode ask(ObjectNode question) {
        try {
            questions.write(question.toString());
            questions.newLine();
            questions.flush();
            String line = answers.readLine();
            if (line == null) {
                throw new UnavailableException("%s ended at the request %s; its Python environment may lack a package."
                        .formatted(name, question.path("do").asText()));
            }
            JsonNode answer = BenchOutput.JSON.readTree(line);
            if (answer.has("error")) {
                throw new UnavailableException(
                        "%s failed: %s.".formatted(name, answer.path("error").asText()));
            }
            return answer;
        } catch (IOException e) {
            throw new UnavailableException("%s cannot be asked (%s); its Python environment may lack a package."
                    .formatted(name, e.getMessage()));
        }
    }

    @Override
    public void close() {
        process.destroy();
        if (scripts.isEmpty()) return;
        try {
            PathUtils.deleteDirectory(scripts.get());
        } catch (IOException e) {
            throw new EngineException(
                    "The temporary folder %s cannot be deleted: %s.".formatted(scripts.get(), e.getMessage()), e);
        }
    }
}
