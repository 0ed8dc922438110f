package io.lorahub.bench.search;

import io.lorahub.bench.report.BenchOutput;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Tasks made by {@code make_families.py}, in the order of their names' SHA-256, so that the first ones are a sample.
 *
 * @param folder one folder per task, and {@code solvable.json} once {@link SolvableBenchCommand} has run
 */
public record TaskFamily(Path folder) {

    /** A task is solvable if weights fitted to many words get this percentage of the held-out words right. */
    private static final double SOLVED = 50;

    /** A half of the tasks: one to choose constants on, one to report. */
    public enum Half {
        tuning,
        test;

        public boolean holds(String task) {
            return (sha256(task)[31] & 1) == ordinal();
        }
    }

    List<DemoTask> tasks() {
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.filter(Files::isDirectory)
                    .map(task -> task.getFileName().toString())
                    .sorted(Comparator.comparing(name -> HexFormat.of().formatHex(sha256(name))))
                    .map(name -> new DemoTask(name, folder))
                    .toList();
        } catch (IOException e) {
            throw new EngineException("The tasks in %s cannot be read: %s.".formatted(folder, e.getMessage()), e);
        }
    }

    /** Returns the solvable tasks of a half. */
    public List<DemoTask> solvable(Half half) {
        Map<String, Double> solved = solved();
        if (solved.isEmpty()) {
            throw new EngineException(
                    "It is not known which tasks in %s are solvable; run \"lorahub bench solvable %s\"."
                            .formatted(folder, folder));
        }
        return tasks().stream()
                .filter(task -> half.holds(task.name()) && solved.getOrDefault(task.name(), 0.0) >= SOLVED)
                .toList();
    }

    /** Returns the exact match of fitted weights by task, as far as known. */
    Map<String, Double> solved() {
        Map<String, Double> solved = new LinkedHashMap<>();
        if (!Files.exists(list())) return solved;
        try {
            BenchOutput.JSON
                    .readTree(list().toFile())
                    .fields()
                    .forEachRemaining(
                            task -> solved.put(task.getKey(), task.getValue().asDouble()));
            return solved;
        } catch (IOException e) {
            throw new EngineException("%s cannot be read: %s.".formatted(list(), e.getMessage()), e);
        }
    }

    void write(Map<String, Double> solved) {
        try {
            BenchOutput.JSON.writerWithDefaultPrettyPrinter().writeValue(list().toFile(), solved);
        } catch (IOException e) {
            throw new EngineException("%s cannot be written: %s.".formatted(list(), e.getMessage()), e);
        }
    }

    private Path list() {
        return folder.resolve("solvable.json");
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
