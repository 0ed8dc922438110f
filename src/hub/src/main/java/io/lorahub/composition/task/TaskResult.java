package io.lorahub.composition.task;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.composition.RunResult;
import java.util.List;

/** A worker's answer to a {@link TaskRequest}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TaskResult.Mix.class, name = "mix"),
    @JsonSubTypes.Type(value = TaskResult.Suggest.class, name = "suggest"),
    @JsonSubTypes.Type(value = TaskResult.Export.class, name = "export"),
    @JsonSubTypes.Type(value = TaskResult.Convert.class, name = "convert"),
    @JsonSubTypes.Type(value = TaskResult.Merge.class, name = "merge"),
    @JsonSubTypes.Type(value = TaskResult.Failed.class, name = "failed")
})
public sealed interface TaskResult {

    /** @param mixes in the order of the question */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Mix(List<Scored> mixes) implements TaskResult {}

    /**
     * The scores and predictions of one mix.
     *
     * @param objective   objective, including regularisation; null if not requested
     * @param loss        loss without regularisation; null if not requested
     * @param predictions predictions for the inputs of the question
     * @param rows        predictions for the run's own examples that the question names
     * @param right       number of those that are right; null if none were requested
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Scored(Double objective, Double loss, List<String> predictions, List<String> rows, RunResult.Share right) {}

    /**
     * Adapters, the most promising first.
     *
     * @param base    mean token loss of the base model on the examples, in nats
     * @param ranked  scores in the order of {@link io.lorahub.engine.learning.CandidateRanking}
     * @param looked  number of adapters tried
     * @param all     number of compatible adapters on the hub
     * @param skipped why some could not be tried, each a sentence
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Suggest(double base, List<CandidateScore> ranked, int looked, long all, List<String> skipped)
            implements TaskResult {}

    /**
     * The score of an adapter at weight 1, and why it has its place.
     *
     * @param version id of the version
     * @param address address of the adapter
     * @param label   label of the version
     * @param loss    mean token loss on the examples, in nats, of the adapter alone
     * @param beside  addresses of the adapters beside which it came out best; none if alone, and in older answers
     * @param before  loss of these at weight 1, or of the base model
     * @param after   loss with the adapter
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record CandidateScore(
            long version, String address, String label, double loss, List<String> beside, double before, double after) {

        public CandidateScore {
            beside = beside == null ? List.of() : List.copyOf(beside);
        }

        /** Whether the loss falls with it. */
        public boolean helps() {
            return after < before;
        }
    }

    /**
     * The files that were made.
     *
     * @param rank          rank of the adapter; 0 for a full model
     * @param relativeError norm of the part dropped by compression relative to the norm of the whole
     * @param bytes         size of all files
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Export(int rank, double relativeError, long bytes) implements TaskResult {}

    /**
     * The files of an adapter that were made for a program.
     *
     * @param folder        name of the folder that a zip of them has
     * @param rank          rank in the files
     * @param relativeError ‖ΔW written − ΔW‖ / ‖ΔW‖ over all modules; 0 if nothing was lost
     * @param changes       what was done to the adapter, as sentences
     * @param command       what a person types in the folder around that folder
     * @param bytes         size of all files
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Convert(
            String folder,
            int modules,
            int rank,
            double relativeError,
            List<String> changes,
            String command,
            long bytes)
            implements TaskResult {

        public Convert {
            changes = List.copyOf(changes);
        }
    }

    /**
     * The merged adapter.
     *
     * @param folder        name of the folder that a zip of its files has
     * @param losslessRank  rank without compression
     * @param relativeError norm of the part dropped by compression relative to the norm of the whole
     * @param bytes         size of all files
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Merge(String folder, int rank, int losslessRank, double relativeError, long bytes) implements TaskResult {}

    /** @param why a sentence for the person who asked */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Failed(String why) implements TaskResult {}
}
