package io.lorahub.composition.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.export.ExportOptions;
import io.lorahub.engine.learning.export.ExportReport;
import io.lorahub.engine.learning.export.MergeExport;
import io.lorahub.engine.learning.recipe.Recipe;
import io.lorahub.engine.lora.merge.MajoritySign;
import io.lorahub.engine.lora.merge.MergeMethod;
import io.lorahub.engine.lora.merge.MergeOperator;
import io.lorahub.engine.names.EnumNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Merges adapters with given weights, as {@code lorahub merge} does. Only a few modules are in memory at a time. */
public final class MergeTask {

    private final TaskRequest.Merge question;
    private final TaskClaim.OfTask task;

    public MergeTask(TaskClaim.OfTask task, TaskRequest.Merge question) {
        this.task = task;
        this.question = question;
    }

    /**
     * The operator that a request describes.
     *
     * @throws EngineException for a parameter that is missing, out of range or not used
     */
    public static MergeOperator operator(TaskRequest.Merge question) {
        return new MergeOperator(
                method(question.method()).orElseThrow(),
                question.density() == null ? OptionalDouble.empty() : OptionalDouble.of(question.density()),
                Optional.ofNullable(question.majoritySignMethod())
                        .flatMap(name -> EnumNames.find(MajoritySign.class, name)),
                question.seed() == null ? OptionalLong.empty() : OptionalLong.of(question.seed()));
    }

    /** The method with PEFT's name. */
    public static Optional<MergeMethod> method(String name) {
        return Arrays.stream(MergeMethod.values())
                .filter(method -> method.toString().equals(name))
                .findFirst();
    }

    /**
     * SHA-256 of the adapters' files by name, by their addresses, in the order of the weights.
     *
     * @throws EngineException if one was deleted
     */
    public Map<String, Map<String, String>> candidates() {
        Map<String, Map<String, String>> candidates = new LinkedHashMap<>();
        for (TaskRequest.Part part : question.parts()) {
            TaskClaim.Version version = task.versions().stream()
                    .filter(v -> v.id() == part.version())
                    .findFirst()
                    .orElseThrow(() -> new EngineException("%s has been deleted meanwhile.".formatted(part.address())));
            candidates.put(part.address(), version.files());
        }
        return candidates;
    }

    /**
     * @param folder must not exist yet; contains the files afterwards
     * @throws EngineException if the adapters can't be merged by this method
     */
    public TaskResult answer(LearningSession session, Path folder) throws IOException {
        MergeOperator operator = operator(question);
        double[] weights =
                question.parts().stream().mapToDouble(TaskRequest.Part::weight).toArray();
        OptionalInt rank = question.rank() == null ? OptionalInt.empty() : OptionalInt.of(question.rank());
        ExportReport report = MergeExport.write(
                session,
                weights,
                List.of(),
                new ExportOptions(rank, OptionalDouble.empty(), false, false).by(operator),
                done -> recipe(session, weights, operator, done),
                folder);
        return new TaskResult.Merge(
                "merge-" + operator.method(),
                report.rank(),
                report.losslessRank(),
                report.relativeError(),
                ExportTask.bytes(folder));
    }

    /** Without the folders of this machine. */
    private ObjectNode recipe(LearningSession session, double[] weights, MergeOperator operator, ExportReport report) {
        ObjectNode recipe = operator.method() == MergeMethod.CAT
                ? Recipe.ofFixed(session, weights)
                : Recipe.ofMerged(session, weights, operator, report.rank());
        ObjectNode base = (ObjectNode) recipe.path("base");
        base.remove("path");
        base.put("name", question.baseModel());
        for (JsonNode adapter : recipe.path("adapters")) {
            ((ObjectNode) adapter).put("address", adapter.path("name").asText()).remove("path");
        }
        return recipe;
    }
}
