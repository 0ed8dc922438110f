package io.lorahub.composition;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/** A worker's answer to a {@link TaskRequest}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TaskResult.Mix.class, name = "mix"),
    @JsonSubTypes.Type(value = TaskResult.Suggest.class, name = "suggest"),
    @JsonSubTypes.Type(value = TaskResult.Export.class, name = "export"),
    @JsonSubTypes.Type(value = TaskResult.Failed.class, name = "failed")
})
public sealed interface TaskResult {

    /** @param mixes in the order of the question */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Mix(List<Scored> mixes) implements TaskResult {}

    /**
     * One mix.
     *
     * @param objective   with regularisation; null where it was not asked for
     * @param loss        without; null as well
     * @param predictions for the inputs of the question
     * @param rows        predictions for the run's own examples that the question names
     * @param right       how many of those are right; null where none were asked for
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Scored(Double objective, Double loss, List<String> predictions, List<String> rows, RunResult.Share right) {}

    /**
     * Adapters, the most promising first.
     *
     * @param base    mean token loss of the base model on the examples, in nats
     * @param ranked  lowest loss first
     * @param looked  how many adapters were tried
     * @param all     how many compatible ones the hub had
     * @param skipped why some could not be tried, each a sentence
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Suggest(double base, List<CandidateScore> ranked, int looked, long all, List<String> skipped)
            implements TaskResult {}

    /**
     * An adapter alone at weight 1.
     *
     * @param version its id
     * @param address of the adapter
     * @param label   of the version
     * @param loss    mean token loss on the examples, in nats
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record CandidateScore(long version, String address, String label, double loss) {}

    /**
     * Files that were made.
     *
     * @param rank          of the adapter; 0 for a full model
     * @param relativeError norm of what compression dropped by the norm of all
     * @param bytes         of all files
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Export(int rank, double relativeError, long bytes) implements TaskResult {}

    /** @param why a sentence for the person who asked */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Failed(String why) implements TaskResult {}
}
