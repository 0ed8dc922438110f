package io.lorahub.engine.learning;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * An objective that a program of the user computes. For every evaluation the command is started by {@code sh -c}. Its
 * standard input has one line of JSON for each example, {@code {"input", "output", "prediction", "loss"}}, where loss is
 * the mean over the output's tokens in nats. It writes one number for each example, or one for all, a line each; their
 * mean is minimised. Ctrl-C does not end the command, so an interrupted run can finish its evaluation.
 */
public final class ObjectiveCommand implements Objective {

    /** Begins the name of such an objective; the command follows. */
    public static final String PREFIX = "command:";

    public static final Duration LONGEST = Duration.ofMinutes(5);

    private static final int MOST_OUTPUT = 1_000_000;
    private static final int SHOWN = 300;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String command;
    private final Duration longest;

    ObjectiveCommand(String command, Duration longest) {
        this.command = command;
        this.longest = longest;
    }

    /** Throws EngineException for an empty command. */
    static ObjectiveCommand named(String name) {
        String command = name.substring(PREFIX.length()).strip();
        if (command.isEmpty()) throw new EngineException("The objective command is empty; give a command line.");
        return new ObjectiveCommand(command, LONGEST);
    }

    @Override
    public boolean readsPredictions() {
        return true;
    }

    @Override
    public double value(List<LearningOutcome> outcomes) {
        try {
            Path folder = Files.createTempDirectory("lorahub-objective-");
            try {
                return value(outcomes, folder);
            } finally {
                for (String name : List.of("in", "out", "err")) Files.deleteIfExists(folder.resolve(name));
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new EngineException(
                    "The objective command \"%s\" cannot be run: %s.".formatted(command, EngineException.reason(e)), e);
        }
    }

    private double value(List<LearningOutcome> outcomes, Path folder) throws IOException {
        Files.writeString(folder.resolve("in"), lines(outcomes));
        Process process = new ProcessBuilder("sh", "-c", "trap '' INT; exec sh -c \"$0\"", command)
                .redirectInput(folder.resolve("in").toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        try {
            if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                throw failed("did not end within %,d seconds".formatted(longest.toSeconds()), folder);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("The objective command was interrupted.");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw failed("ended with exit status " + process.exitValue(), folder);
        }
        if (Files.size(folder.resolve("out")) > MOST_OUTPUT) {
            throw failed("wrote more than a million bytes to standard output", folder);
        }
        return mean(outcomes.size(), folder);
    }

    private static String lines(List<LearningOutcome> outcomes) {
        StringBuilder lines = new StringBuilder();
        for (LearningOutcome outcome : outcomes) {
            ObjectNode line = JSON.createObjectNode();
            line.put("input", outcome.example().input());
            line.put("output", outcome.example().output());
            line.put("prediction", outcome.prediction());
            // JSON has no infinity
            if (Double.isFinite(outcome.loss())) line.put("loss", outcome.loss());
            else line.putNull("loss");
            lines.append(line).append('\n');
        }
        return lines.toString();
    }

    private double mean(int examples, Path folder) throws IOException {
        List<Double> numbers = new ArrayList<>();
        for (String line : text(folder.resolve("out")).lines().toList()) {
            if (!line.isBlank()) numbers.add(number(line.strip(), folder));
        }
        if (numbers.size() != 1 && numbers.size() != examples) {
            throw failed(
                    "wrote %d numbers for %d examples; it must write one for each, or one for all"
                            .formatted(numbers.size(), examples),
                    folder);
        }
        return numbers.stream().mapToDouble(n -> n).average().orElseThrow();
    }

    private double number(String line, Path folder) throws IOException {
        try {
            double number = Double.parseDouble(line);
            if (Double.isFinite(number)) return number;
        } catch (NumberFormatException e) {
            // refused below
        }
        throw failed("wrote %s where a finite number is expected".formatted(EngineException.quoted(cut(line))), folder);
    }

    /** Bytes that are not UTF-8 are replaced. */
    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private EngineException failed(String how, Path folder) throws IOException {
        String said = Files.size(folder.resolve("err")) > MOST_OUTPUT
                ? ""
                : text(folder.resolve("err")).strip();
        return new EngineException("The objective command \"%s\" %s.%s"
                .formatted(command, how, said.isEmpty() ? "" : " It said: " + last(said)));
    }

    private static String cut(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }

    private static String last(String text) {
        return text.length() <= SHOWN ? text : "…" + text.substring(text.length() - SHOWN);
    }
}
