package io.lorahub.composition.task;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.prompt.PromptChoice;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A question from a web process, which has no models, to the workers. See {@link WorkerTasks}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TaskRequest.Mix.class, name = "mix"),
    @JsonSubTypes.Type(value = TaskRequest.Suggest.class, name = "suggest"),
    @JsonSubTypes.Type(value = TaskRequest.Export.class, name = "export"),
    @JsonSubTypes.Type(value = TaskRequest.Convert.class, name = "convert"),
    @JsonSubTypes.Type(value = TaskRequest.Merge.class, name = "merge")
})
public sealed interface TaskRequest {

    /** Whether the answer has files, which take space and time. */
    default boolean makesFiles() {
        return false;
    }

    /**
     * Requests scores and predictions of weights that were set by hand. Answered by {@link TaskResult.Mix}.
     *
     * @param run     the run that supplies candidates, examples and settings
     * @param mixes   vectors of weights in the order of the run's candidates, with layer groups those of the first
     *     candidate first; all 0 is the base model
     * @param scored  number of mixes, from the first, to score on the run's examples
     * @param inputs  inputs to predict for with each of the mixes; may be empty
     * @param predict which of the run's own examples to predict for
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Mix(UUID run, List<List<Double>> mixes, int scored, List<String> inputs, Rows predict)
            implements TaskRequest {

        public Mix {
            mixes = mixes.stream().map(List::copyOf).toList();
            inputs = List.copyOf(inputs);
        }
    }

    /** A selection of a run's own examples. */
    enum Rows {
        NONE,
        EXAMPLES,
        HELD_OUT
    }

    /**
     * Asks which adapters are promising for a task: the loss on its examples of each adapter, alone and together with the
     * best ones. Answered by {@link TaskResult.Suggest}.
     *
     * @param baseModel name of the base model
     * @param versions  ids of adapter versions
     * @param all       number of compatible adapters from which the versions were chosen
     * @param prompt    as in {@link io.lorahub.composition.RunSpec}; may be null
     * @param system    system text of a chat; may be null
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Suggest(
            String baseModel, List<Example> examples, List<Long> versions, long all, String prompt, String system)
            implements TaskRequest {

        public Suggest {
            examples = List.copyOf(examples);
            versions = List.copyOf(versions);
        }

        PromptChoice promptChoice() {
            return new PromptChoice(Optional.ofNullable(prompt), Optional.ofNullable(system), Optional.empty());
        }
    }

    /**
     * Requests additional files of a run's result. Answered by {@link TaskResult.Export} and the files of the task.
     *
     * @param rank rank of the compressed adapter; 0 for the base model with the mix added
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Export(UUID run, int rank) implements TaskRequest {

        boolean isFused() {
            return rank == 0;
        }

        @Override
        public boolean makesFiles() {
            return true;
        }
    }

    /**
     * Requests an adapter as another program loads it. Answered by {@link TaskResult.Convert} and the files of the task.
     *
     * @param run     the run that made the adapter; null for that of a version
     * @param version id of the adapter's version; null for that of a run
     * @param program name of an {@link io.lorahub.engine.preset.ExportPreset}
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Convert(UUID run, Long version, String program) implements TaskRequest {

        public Convert {
            if ((run == null) == (version == null)) {
                throw new IllegalArgumentException("An adapter is that of a run or of a version.");
            }
        }

        @Override
        public boolean makesFiles() {
            return true;
        }
    }

    /**
     * Requests adapters merged with given weights. Answered by {@link TaskResult.Merge} and the files of the task.
     *
     * @param baseModel          name of the base model of all of them
     * @param method             a {@link io.lorahub.engine.lora.merge.MergeMethod} as PEFT writes it
     * @param density            null if the method doesn't prune
     * @param majoritySignMethod null for the usual one
     * @param seed               null for the usual one
     * @param rank               of the merged adapter; null for what the method gives
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Merge(
            String baseModel,
            List<Part> parts,
            String method,
            Double density,
            String majoritySignMethod,
            Long seed,
            Integer rank)
            implements TaskRequest {

        public Merge {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean makesFiles() {
            return true;
        }

        List<Long> versions() {
            return parts.stream().map(Part::version).toList();
        }
    }

    /**
     * An adapter of a merge.
     *
     * @param version id of the version
     * @param address address with the version, such as {@code lab-a/un@1.0.0}
     */
    record Part(long version, String address, double weight) {}
}
