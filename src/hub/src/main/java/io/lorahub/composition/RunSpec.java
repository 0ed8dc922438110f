package io.lorahub.composition;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.optimize.Ending;
import io.lorahub.engine.optimize.Ending.Pruning;
import io.lorahub.engine.optimize.strategy.Strategy;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.engine.prompt.PromptFormat;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Everything besides base model and candidates that determines a run's result. It never changes once the run is queued.
 *
 * @param heldOut      may be empty
 * @param strategy     a request can leave it out or empty; a specification has the name of the one that was chosen
 * @param dtype        the type that the model computes in
 * @param maxNewTokens maximum number of tokens in a prediction
 * @param prompt       how the model reads an input: chat, plain, or a text with {input} and {output}; null for a model
 *     that has no choice
 * @param system       system text of a chat; null for none
 * @param promptDate   the day that a chat template tells the model; null if it tells none
 * @param patience     evaluations without a gain after which the search ends; null for never
 * @param pruning      null in specifications that are older than the choice
 * @param average      number of the best points whose mean ends the search; null for none
 * @param layerGroups  groups of layers in which each adapter has a weight of its own; null for none, AUTO in a request
 *     only
 * @param population   number of points that the search proposes at once; null for one
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunSpec(
        List<Example> examples,
        List<Example> heldOut,
        int budget,
        long seed,
        String strategy,
        ComposedWeights composition,
        RunObjective objective,
        double lower,
        double upper,
        double l1,
        Precision dtype,
        int maxNewTokens,
        String prompt,
        String system,
        LocalDate promptDate,
        Integer patience,
        // specifications of before 2026-11-28 have it in capitals
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_CASE_INSENSITIVE_VALUES)
        Pruning pruning,

        Integer average,
        LayerGroups layerGroups,
        Integer population) {

    public RunSpec {
        examples = List.copyOf(examples);
        if (strategy == null || strategy.isBlank()) strategy = usualStrategy(objective);
        heldOut = heldOut == null ? List.of() : List.copyOf(heldOut);
        if (prompt != null && prompt.isBlank()) prompt = null;
        if (system != null && system.isBlank()) system = null;
    }

    /** The strategy of a run that names none. */
    private static String usualStrategy(RunObjective objective) {
        return Strategy.chosen(objective == null || objective.objective().isMeanTokenLoss());
    }

    /** Whether the strategy is the one of a run that names none. */
    public boolean hasUsualStrategy() {
        return strategy.equals(usualStrategy(objective));
    }

    /** A specification with the engine's defaults. */
    public static RunSpec of(List<Example> examples, List<Example> heldOut) {
        LearningSettings s = LearningSettings.DEFAULT;
        return new RunSpec(
                examples,
                heldOut,
                s.budget(),
                s.seed(),
                "",
                s.composition(),
                RunObjective.LOSS,
                s.lower(),
                s.upper(),
                s.l1(),
                Precision.FLOAT32,
                32,
                null,
                null,
                null,
                null,
                s.ending().pruning(),
                null,
                null,
                null);
    }

    /** @throws io.lorahub.engine.error.EngineException if the values are invalid */
    public LearningSettings settings() {
        return new LearningSettings(
                budget,
                seed,
                Optional.of(strategy),
                composition,
                objective.toString(),
                0,
                lower,
                upper,
                l1,
                new Ending(
                        patience == null ? OptionalInt.empty() : OptionalInt.of(patience),
                        pruning == null ? Pruning.LASSO : pruning,
                        average == null ? OptionalInt.empty() : OptionalInt.of(average)),
                groups(),
                population == null ? 1 : population);
    }

    /** The groups of layers in which each adapter has a weight of its own. */
    public LayerGroups groups() {
        return layerGroups == null ? LayerGroups.NONE : layerGroups;
    }

    /** The same with another prompt format; all arguments can be null. */
    public RunSpec withPrompt(String format, String systemText, LocalDate date) {
        return with(budget, format, systemText, date, layerGroups);
    }

    /** The same with another budget. */
    public RunSpec withBudget(int evaluations) {
        return with(evaluations, prompt, system, promptDate, layerGroups);
    }

    /** The same with other layer groups. */
    public RunSpec withGroups(LayerGroups groups) {
        return with(budget, prompt, system, promptDate, groups == LayerGroups.NONE ? null : groups);
    }

    private RunSpec with(int evaluations, String format, String systemText, LocalDate date, LayerGroups groups) {
        return new RunSpec(
                examples,
                heldOut,
                evaluations,
                seed,
                strategy,
                composition,
                objective,
                lower,
                upper,
                l1,
                dtype,
                maxNewTokens,
                format,
                systemText,
                date,
                patience,
                pruning,
                average,
                groups,
                population);
    }

    /** The prompt format in the engine's form; not checked. */
    public PromptChoice promptChoice() {
        return new PromptChoice(
                Optional.ofNullable(prompt), Optional.ofNullable(system), Optional.ofNullable(promptDate));
    }

    /** Why a search ends that has spent its patience, as a clause. */
    public String gaveUp() {
        return Ending.gaveUp(patience);
    }

    /** The prompt format in a few words; empty for a model that has no choice. */
    public String promptName() {
        if (prompt == null) return "";
        if (hasOwnPrompt()) return "its own text";
        return system == null ? prompt : prompt + " with a system text";
    }

    /** Whether the prompt format is a text with {input} and {output}. */
    public boolean hasOwnPrompt() {
        return prompt != null && !prompt.equals(PromptFormat.CHAT) && !prompt.equals(PromptFormat.PLAIN);
    }

    /** Whether evaluating the same weights gives the same losses under both. */
    public boolean hasValuesOf(RunSpec other) {
        return examples.equals(other.examples)
                && composition == other.composition
                && objective == other.objective
                && dtype == other.dtype
                && groups() == other.groups()
                && hasPromptOf(other)
                && Objects.equals(promptDate, other.promptDate);
    }

    /** Whether inputs become the same prompts, given the same day. */
    public boolean hasPromptOf(RunSpec other) {
        return Objects.equals(prompt, other.prompt) && Objects.equals(system, other.system);
    }
}
