package io.lorahub.composition.merge;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.composition.task.MergeTask;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.TaskResult;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.engine.lora.merge.MergeOperator;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A merge. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public final class MergeView {

    public final UUID id;

    /** Queued, running, succeeded or failed. */
    @Schema(description = "queued, running, succeeded or failed")
    public final String state;

    public final String baseModel;
    public final List<Candidate> candidates;
    public final String method;
    public final Double density;
    public final String majoritySignMethod;
    public final Long seed;

    @Schema(description = "Rank of the merged adapter")
    public final Integer rank;

    /** Rank before compression. */
    @Schema(description = "Its rank before compression")
    public final Integer losslessRank;

    /** Norm of what compression dropped, relative to the norm of the whole. */
    @Schema(description = "Norm of what compression dropped, relative to the norm of the whole")
    public final Double relativeError;

    /** Size of the files. */
    @Schema(description = "Size of its files")
    public final Long bytes;

    /** Why it failed, in a sentence. */
    public final String failure;

    public final Instant createdAt;

    /** When the merge and its files are deleted. */
    @Schema(description = "When the merge and its files are deleted")
    public final Instant expiresAt;

    /** Address of the files. */
    public final String zip;

    /** Of the method, in words. */
    @JsonIgnore
    public final String parameters;

    @JsonIgnore
    public final int done;

    @JsonIgnore
    public final int total;

    /** A title names so many adapters, and one more rather than saying "1 more". */
    private static final int NAMED = 3;

    /**
     * @param adapter address with the version
     * @param version id of the version
     */
    public record Candidate(
            String adapter, double weight, @JsonIgnore long version) {

        /** Without the version. */
        @JsonIgnore
        public String address() {
            return adapter.replaceFirst("@.*", "");
        }
    }

    MergeView(WorkerTask task, TaskRequest.Merge question, Optional<TaskResult> answer) {
        MergeOperator operator = MergeTask.operator(question);
        TaskResult.Merge made = answer.filter(TaskResult.Merge.class::isInstance)
                .map(TaskResult.Merge.class::cast)
                .orElse(null);
        id = task.id;
        state = switch (task.state) {
            case ASKED -> "queued";
            case WORKING -> "running";
            case ANSWERED -> "succeeded";
            case FAILED -> "failed";
        };
        baseModel = question.baseModel();
        candidates = question.parts().stream()
                .map(part -> new Candidate(part.address(), part.weight(), part.version()))
                .toList();
        method = operator.method().toString();
        density = orNull(operator.density());
        majoritySignMethod = operator.election().map(Enum::toString).orElse(null);
        seed = orNull(operator.usedSeed());
        rank = made == null ? question.rank() : Integer.valueOf(made.rank());
        losslessRank = made == null ? null : made.losslessRank();
        relativeError = made == null ? null : made.relativeError();
        bytes = made == null ? null : made.bytes();
        failure = task.failure;
        createdAt = task.createdAt;
        expiresAt = task.expiresAt;
        zip = made == null ? null : "/api/v1/merges/%s/zip".formatted(task.id);
        parameters = operator.parameters();
        done = task.done;
        total = task.total;
    }

    private static Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    private static Long orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    @JsonIgnore
    public boolean isWaiting() {
        return state.equals("queued") || state.equals("running");
    }

    /** Whether a candidate with this weight determines the result: with the weight 0, it still votes on signs. */
    public boolean isPart(double weight) {
        return weight != 0 || majoritySignMethod != null;
    }

    /** Names the adapters by the last parts of their addresses; of many only the first. */
    @JsonIgnore
    public String title() {
        List<String> names = candidates.stream()
                .filter(candidate -> isPart(candidate.weight()))
                .map(candidate -> candidate.address().replaceFirst(".*/", ""))
                .distinct()
                .toList();
        if (names.isEmpty()) return "Merged adapter";
        int left = names.size() - NAMED;
        List<String> shown = left > 1 ? names.subList(0, NAMED) : names;
        String more = left > 1 ? left + " more" : shown.get(shown.size() - 1);
        String first = String.join(", ", left > 1 ? shown : shown.subList(0, shown.size() - 1));
        return first.isEmpty() ? "Copy of " + more : "Merge of %s and %s".formatted(first, more);
    }

    @JsonIgnore
    public String page() {
        return "/compose/merge/" + id;
    }
}
