package io.lorahub.bench.search;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Samples;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the published program reached on the demo tasks when its results were recorded; nothing is measured here. */
record PublishedResults(Path file, JsonNode tasks) {

    static PublishedResults read(Path file) {
        try {
            JsonNode tasks = BenchOutput.JSON.readTree(file.toFile()).path("tasks");
            if (!tasks.isObject()) {
                throw new EngineException(
                        "The file %s contains no results of the published program (\"tasks\").".formatted(file));
            }
            return new PublishedResults(file, tasks);
        } catch (IOException e) {
            throw new EngineException(
                    "The published program's results in %s cannot be read: %s.".formatted(file, e.getMessage()), e);
        }
    }

    /** Exact match of the plan's tasks and draws at a budget; empty if none was recorded. */
    Optional<Samples> exactMatch(SearchPlan plan, int budget) {
        List<Double> values = new ArrayList<>();
        plan.tasks()
                .forEach(task -> tasks.path(task.name()).path("runs").forEach(run -> {
                    if (run.path("budget").asInt() == budget
                            && plan.draws().contains(run.path("draw").asInt())) {
                        values.add(run.path("exact_match").asDouble());
                    }
                }));
        return values.isEmpty() ? Optional.empty() : Optional.of(Samples.of(values));
    }
}
