package io.lorahub.composition.task;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.export.ExportOptions;
import io.lorahub.engine.learning.export.ExportReport;
import io.lorahub.engine.learning.export.FusedModel;
import io.lorahub.engine.learning.export.MergeExport;
import io.lorahub.engine.model.LayerGroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Makes files of a run's result: the adapter compressed to a rank, or the base model with the mix added. */
public final class ExportTask {

    private static final String REFINED = "refined";

    private final TaskClaim.OfRun run;
    private final TaskRequest.Export question;
    private final double[] weights;

    public ExportTask(TaskClaim.OfRun run, TaskRequest.Export question) {
        this.run = run;
        this.question = question;
        this.weights = run.isRefined() ? new double[] {1} : run.weights();
    }

    /** The files of the adapters that make up the result, by name. */
    public Map<String, Map<String, String>> candidates() {
        return run.isRefined() ? Map.of(REFINED, run.files()) : run.claim().candidates;
    }

    /**
     * @param recipe recipe of the run
     * @param folder must not exist yet; contains the files afterwards
     */
    public TaskResult answer(LearningSession session, Path recipe, Path folder) throws IOException {
        session.setGroups(run.isRefined() ? LayerGroups.NONE : run.claim().spec.groups());
        if (question.isFused()) {
            double error = FusedModel.write(session, weights, Files.createDirectories(folder));
            Files.copy(recipe, folder.resolve("recipe.json"));
            return new TaskResult.Export(0, error, bytes(folder));
        }
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(recipe.toFile());
        ExportOptions options =
                new ExportOptions(OptionalInt.of(question.rank()), OptionalDouble.empty(), false, false);
        ExportReport report = MergeExport.write(
                session, weights, run.claim().spec.examples(), options, done -> compressed(json, done), folder);
        return new TaskResult.Export(report.rank(), report.relativeError(), bytes(folder));
    }

    private static ObjectNode compressed(ObjectNode recipe, ExportReport report) {
        recipe.putObject("compressed")
                .put("rank", report.rank())
                .put("lossless_rank", report.losslessRank())
                .put("relative_error", report.relativeError());
        return recipe;
    }

    static long bytes(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
