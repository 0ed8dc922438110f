package io.lorahub.composition;

import static io.lorahub.engine.learning.LearningSettings.COMPOSITION;
import static io.lorahub.engine.learning.LearningSettings.L1;
import static io.lorahub.engine.learning.LearningSettings.LAYER_GROUPS;
import static io.lorahub.engine.learning.LearningSettings.OBJECTIVE;
import static io.lorahub.engine.learning.LearningSettings.REFINE_STEPS;
import static io.lorahub.engine.learning.LearningSettings.STRATEGY;
import static io.lorahub.engine.optimize.SearchSettings.AVERAGE;
import static io.lorahub.engine.optimize.SearchSettings.BUDGET;
import static io.lorahub.engine.optimize.SearchSettings.LOWER;
import static io.lorahub.engine.optimize.SearchSettings.PATIENCE;
import static io.lorahub.engine.optimize.SearchSettings.POPULATION;
import static io.lorahub.engine.optimize.SearchSettings.PRUNING;
import static io.lorahub.engine.optimize.SearchSettings.SEED;
import static io.lorahub.engine.optimize.SearchSettings.UPPER;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.engine.optimize.Ending;
import io.lorahub.engine.optimize.Ending.Pruning;
import io.lorahub.engine.optimize.strategy.Strategy;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.engine.prompt.PromptFormat;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.engine.setting.SettingValues;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything besides base model and candidates that determines a run's result. It never changes once the run is queued.
 *
 * @param heldOut      may be empty
 * @param search       values of {@link RunSettings}; no layer groups means one weight per
 *     adapter. A request can ask for AUTO and omit the strategy; a specification names what was chosen
 * @param prompt       how the model reads an input: chat, plain, or a text with {input} and {output}; null for a model
 *     that has no choice
 * @param system       system text of a chat; null for none
 * @param promptDate   the day that a chat template tells the model; null if it tells none
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunSpec(
        List<Example> examples,
        List<Example> heldOut,
        @JsonIgnore SettingValues search,
        String prompt,
        String system,
        LocalDate promptDate) {

    public RunSpec {
        examples = List.copyOf(examples);
        heldOut = heldOut == null ? List.of() : List.copyOf(heldOut);
        if (search.find(STRATEGY).filter(name -> !name.isBlank()).isEmpty()) {
            search = search.with(STRATEGY, usualStrategy(search));
        }
        if (prompt != null && prompt.isBlank()) prompt = null;
        if (system != null && system.isBlank()) system = null;
    }

    /** As it is stored; the settings stand beside the other fields. */
    @JsonCreator
    static RunSpec read(
            @JsonProperty("examples") List<Example> examples,
            @JsonProperty("held_out") List<Example> heldOut,
            @JsonProperty("prompt") String prompt,
            @JsonProperty("system") String system,
            @JsonProperty("prompt_date") LocalDate promptDate,
            @JsonAnySetter Map<String, JsonNode> settings) {
        SettingValues search = SettingValues.read(
                JsonNodeFactory.instance.objectNode().setAll(settings),
                RunSettings.STORED,
                name -> new IllegalArgumentException("This version doesn't know \"%s\".".formatted(name)));
        return new RunSpec(examples, heldOut, search, prompt, system, promptDate);
    }

    @JsonAnyGetter
    Map<String, JsonNode> written() {
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        search.writeTo(settings, RunSettings.STORED);
        Map<String, JsonNode> written = new LinkedHashMap<>();
        settings.fields().forEachRemaining(field -> written.put(field.getKey(), field.getValue()));
        return written;
    }

    /** The strategy of a run that names none. */
    private static String usualStrategy(SettingValues search) {
        return Strategy.chosen(objective(search).objective().isMeanTokenLoss());
    }

    /** Whether the strategy is the one of a run that names none. */
    public boolean hasUsualStrategy() {
        return strategy().equals(usualStrategy(search));
    }

    /** A specification with the engine's defaults, without layer groups. */
    public static RunSpec of(List<Example> examples, List<Example> heldOut) {
        return new RunSpec(
                examples, heldOut, RunSettings.DEFAULT.with(LAYER_GROUPS, LayerGroups.NONE), null, null, null);
    }

    /** @throws io.lorahub.engine.error.EngineException if the values are invalid */
    public LearningSettings settings() {
        return new LearningSettings(search);
    }

    public int budget() {
        return search.get(BUDGET);
    }

    public long seed() {
        return search.get(SEED);
    }

    public String strategy() {
        return search.get(STRATEGY);
    }

    public ComposedWeights composition() {
        return search.get(COMPOSITION);
    }

    public RunObjective objective() {
        return objective(search);
    }

    private static RunObjective objective(SettingValues search) {
        return EnumNames.find(RunObjective.class, search.get(OBJECTIVE)).orElseThrow();
    }

    public double lower() {
        return search.get(LOWER);
    }

    public double upper() {
        return search.get(UPPER);
    }

    public double l1() {
        return search.get(L1);
    }

    public Precision dtype() {
        return search.get(RunSettings.DTYPE);
    }

    public int maxNewTokens() {
        return search.get(RunSettings.MAX_NEW_TOKENS);
    }

    /** Evaluations without a gain after which the search ends; null for never. */
    public Integer patience() {
        return search.find(PATIENCE).orElse(null);
    }

    /** Null in specifications that are older than the choice. */
    public Pruning pruning() {
        return search.find(PRUNING).orElse(null);
    }

    /** Number of the best points whose mean ends the search; null for none. */
    public Integer average() {
        return search.find(AVERAGE).orElse(null);
    }

    /** Number of points that the search proposes at once; null for one. */
    public Integer population() {
        return search.find(POPULATION).orElse(null);
    }

    /** Steps of training after the search; 0 for none. */
    public int refineSteps() {
        return search.find(REFINE_STEPS).orElse(0);
    }

    /** The groups of layers in which each adapter has a weight of its own; null for none. */
    public LayerGroups layerGroups() {
        return groups() == LayerGroups.NONE ? null : groups();
    }

    /** The groups of layers in which each adapter has a weight of its own. */
    public LayerGroups groups() {
        return search.find(LAYER_GROUPS).orElse(LayerGroups.NONE);
    }

    /** A setting as text. */
    public record Line(String what, String text) {}

    /** The settings that the page of a result doesn't lay out itself and that this run was given. */
    public List<Line> further() {
        return RunSettings.FURTHER.stream()
                .filter(setting -> search.find(setting).isPresent())
                .map(setting -> new Line(setting.line().orElseThrow().label(), RunSettings.text(setting, search)))
                .toList();
    }

    /** The same with another prompt format; all arguments can be null. */
    public RunSpec withPrompt(String format, String systemText, LocalDate date) {
        return new RunSpec(examples, heldOut, search, format, systemText, date);
    }

    /** The same with another value of a setting. */
    public <T> RunSpec with(SearchSetting<T> setting, T value) {
        return new RunSpec(examples, heldOut, search.with(setting, value), prompt, system, promptDate);
    }

    /** The same with another budget. */
    public RunSpec withBudget(int evaluations) {
        return with(BUDGET, evaluations);
    }

    /** The same with training after the search. */
    public RunSpec withRefineSteps(int steps) {
        return with(REFINE_STEPS, steps);
    }

    /** The same with other layer groups. */
    public RunSpec withGroups(LayerGroups groups) {
        return with(LAYER_GROUPS, groups);
    }

    /** The prompt format in the engine's form; not checked. */
    public PromptChoice promptChoice() {
        return new PromptChoice(
                Optional.ofNullable(prompt), Optional.ofNullable(system), Optional.ofNullable(promptDate));
    }

    /** Why a search ends that has spent its patience, as a clause. */
    public String gaveUp() {
        return Ending.gaveUp(patience());
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
                && composition() == other.composition()
                && objective() == other.objective()
                && dtype() == other.dtype()
                && groups() == other.groups()
                && hasPromptOf(other)
                && Objects.equals(promptDate, other.promptDate);
    }

    /** Whether inputs become the same prompts, given the same day. */
    public boolean hasPromptOf(RunSpec other) {
        return Objects.equals(prompt, other.prompt) && Objects.equals(system, other.system);
    }
}
