package io.lorahub.engine.learning;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.optimize.Ending;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.optimize.margin.LayeredSearch;
import io.lorahub.engine.optimize.strategy.Strategy;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.engine.setting.SearchSetting.Fault;
import io.lorahub.engine.setting.SettingValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * All settings that determine a run apart from its base model, candidates and examples. {@link SearchSettings} declares
 * those that a strategy reads, and the constants here the others.
 *
 * @param values within their bounds; settings with a default have a value
 */
public record LearningSettings(SettingValues values) {

    public static final int MOST_REFINE_STEPS = 200;

    public static final SearchSetting<String> STRATEGY = SearchSetting.named("strategy", Strategy.names())
            .must(
                    name -> Strategy.names().contains(name),
                    "There is no search strategy \"%%s\"; use one of %s."
                            .formatted(String.join(", ", Strategy.names())),
                    "Use one of %s (got “%%s”).".formatted(String.join(", ", Strategy.names())))
            .help(
                    "The search strategy. By default, or if empty, margins for the objective loss, greedy for others; a run"
                            + " has the name of the one that was chosen.")
            .option(
                    "--optimizer",
                    "STRATEGY",
                    "The search strategy, one of ${COMPLETION-CANDIDATES}; lorahub bench search compares them (default "
                            + Strategy.DEFAULT + ").")
            .field("Search strategy", "The default learns from per-token losses.")
            .line("Strategy")
            .build();

    public static final SearchSetting<ComposedWeights> COMPOSITION = SearchSetting.choice(
                    "composition", ComposedWeights.class)
            .usual(ComposedWeights.EXACT)
            .help("How adapters are combined: exact, or factor, the paper's.")
            .field("How adapters are combined")
            .line("Composition")
            .build();

    /** An objective's name, or that of a class that implements one. */
    public static final SearchSetting<String> OBJECTIVE = SearchSetting.named("objective", Objectives.NAMES)
            .usual("loss")
            .help("What a run minimises.")
            .option(
                    "--objective",
                    "OBJECTIVE",
                    "What to minimise: loss (default), reference (the published program's), exact-match,"
                            + " similarity, or a class of your own on the CLASSPATH.")
            .field(
                    "Objective",
                    "Loss shows small improvements that exact match misses.",
                    texts(
                            "loss", "Loss per token",
                            "exact-match", "Exact match",
                            "similarity", "Similarity of texts",
                            "reference", "Loss, as in the published program"))
            .line("Objective")
            .build();

    /** 0 for all examples in one batch. */
    public static final SearchSetting<Integer> BATCH_SIZE = SearchSetting.whole("batch_size")
            .usual(0)
            .must(size -> size >= 0, "The batch size must not be negative, but is %s.")
            .help("Batch size of the objective reference.")
            .option("--batch-size", "N", "Batch size of the objective reference (default: all examples).")
            .local()
            .build();

    public static final SearchSetting<Double> L1 = SearchSetting.decimal("l1")
            .usual(0.05)
            .must(
                    strength -> Double.isFinite(strength) && strength >= 0,
                    "The strength of the regularisation must not be %s.")
            .help("Strength of the regularisation, times the mean absolute weight.")
            .option("--l1", "STRENGTH", "Strength of the regularisation, times the mean of |w| (default 0.05).")
            .field("Preference for few adapters", "Adds this value times the mean absolute weight to the objective.")
            .line("Preference for few")
            .build();

    public static final SearchSetting<LayerGroups> LAYER_GROUPS = SearchSetting.choice(
                    "layer_groups", LayerGroups.class)
            .usual(LayerGroups.AUTO)
            .unwritten(LayerGroups.NONE)
            .needs(
                    (groups, all) -> groups.size() == 1 || all.get(COMPOSITION) == ComposedWeights.EXACT,
                    (groups, all) ->
                            "Weights per layer group need the exact composition; the paper's has one weight per adapter.",
                    "Weights per layer group need the exact composition; choose it, or no groups.")
            .needs(
                    (groups, all) -> groups.size() == 1 || all.get(OBJECTIVE).equals("loss"),
                    (groups, all) ->
                            "Weights per layer group need the objective loss, whose gradients they follow, but it is %s."
                                    .formatted(all.get(OBJECTIVE)),
                    "Weights per layer group need the objective loss, whose gradients they follow; choose it, or no groups.")
            .help("Gives each adapter a weight of its own in each group of layers: none, stacks (encoder and"
                    + " decoder), thirds (of the depth), or auto: thirds if the search gains from it. By"
                    + " default auto; a run has the groups that were chosen.")
            .option(
                    "--layer-groups",
                    "GROUPS",
                    "Give each adapter a weight of its own in each group of layers, one of ${COMPLETION-CANDIDATES}:"
                            + " encoder and decoder, or thirds of the depth. One weight per adapter is searched first. auto: thirds if"
                            + " the budget has 16 evaluations more than adapters (default auto).")
            .field(
                    "Layer groups",
                    "Gives each adapter a weight of its own in each group of layers; needs the exact composition and the loss.",
                    texts(
                            "auto", "Automatic: thirds, if the budget allows",
                            "none", "None: one weight per adapter",
                            "stacks", "Encoder and decoder",
                            "thirds", "Thirds of the depth"))
            .line("Layer groups")
            .build();

    /** Steps of gradient descent on the adapter that is written, after the search; without a value, none. */
    public static final SearchSetting<Integer> REFINE_STEPS = SearchSetting.whole("refine_steps")
            .example(40)
            .must(
                    steps -> steps >= 1 && steps <= MOST_REFINE_STEPS,
                    "The steps of refinement must be 1 to %,d, but are %%s.".formatted(MOST_REFINE_STEPS),
                    "Refinement takes 1 to %,d steps; leave it empty for none.".formatted(MOST_REFINE_STEPS))
            .help(
                    "After the search, trains the adapter that it writes on the same examples, for at most this many steps:"
                            + " as many as help examples that are left out in turn. Each step takes the time of up to 18"
                            + " evaluations. By default it isn't trained.")
            .option(
                    "--refine-steps",
                    "N",
                    "Train the adapter that is written on the same examples, for at most N steps, such as 40: as many as help"
                            + " examples that are left out in turn. Default: it isn't trained.")
            .field(
                    "Refinement steps",
                    "After the search, trains the mix on the examples for at most so many steps, such as 40. Each takes the"
                            + " time of up to 18 evaluations. Empty for none.")
            .line("Refinement", "none", "at most %s steps")
            .build();

    /** In the order of recipes. */
    public static final List<SearchSetting<?>> ALL = SettingValues.inOrder(
            List.of(
                    SearchSettings.BUDGET,
                    SearchSettings.SEED,
                    STRATEGY,
                    COMPOSITION,
                    OBJECTIVE,
                    BATCH_SIZE,
                    SearchSettings.LOWER,
                    SearchSettings.UPPER,
                    L1),
            Stream.concat(SearchSettings.ALL.stream(), Stream.of(LAYER_GROUPS, REFINE_STEPS))
                    .toList());

    public static final LearningSettings DEFAULT = new LearningSettings(SettingValues.NONE);

    public LearningSettings {
        faults(values).stream().findFirst().ifPresent(fault -> {
            throw new EngineException(fault.sentence());
        });
        // one point at once is what a search does that isn't told
        if (values.find(SearchSettings.POPULATION).filter(points -> points == 1).isPresent()) {
            values = values.without(SearchSettings.POPULATION);
        }
        values = values.withUsual(ALL);
    }

    /** All reasons why a search can't have these values. */
    public static List<Fault> faults(SettingValues values) {
        List<Fault> faults = new ArrayList<>(values.faults(ALL));
        boolean known = faults.stream().noneMatch(fault -> fault.setting() == SearchSettings.POPULATION);
        if (known && values.find(SearchSettings.POPULATION).orElse(1) > 1 && !canProposeSeveral(values)) {
            faults.add(
                    new Fault(
                            SearchSettings.POPULATION,
                            "Several points at once need the strategy margins and the objective loss; leave the population at 1.",
                            "Several points at once need the default strategy and the objective loss; choose them, or leave it empty."));
        }
        return faults;
    }

    private static boolean canProposeSeveral(SettingValues values) {
        return values.find(STRATEGY).orElse(Strategy.DEFAULT).equals(Strategy.DEFAULT)
                && values.get(OBJECTIVE).equals("loss");
    }

    /**
     * Returns the same settings with layer groups that are chosen: thirds if the default search minimises the loss of the
     * exact composition and has the evaluations for it.
     *
     * @param candidates number of candidates
     */
    public LearningSettings chosenFor(int candidates) {
        if (layers() != LayerGroups.AUTO) return this;
        boolean gains = composition() == ComposedWeights.EXACT
                && objective().equals("loss")
                && strategy().orElse(Strategy.DEFAULT).equals(Strategy.DEFAULT)
                && LayeredSearch.gains(budget(), candidates);
        return withLayers(gains ? LayerGroups.THIRDS : LayerGroups.NONE);
    }

    public <T> LearningSettings with(SearchSetting<T> setting, T value) {
        return new LearningSettings(values.with(setting, value));
    }

    /** Evaluations that the search may spend ({@code max_inference_step} of the published program). */
    public int budget() {
        return values.get(SearchSettings.BUDGET);
    }

    public long seed() {
        return values.get(SearchSettings.SEED);
    }

    /** Name of the search strategy; empty for the default. */
    public Optional<String> strategy() {
        return values.find(STRATEGY);
    }

    public ComposedWeights composition() {
        return values.get(COMPOSITION);
    }

    public String objective() {
        return values.get(OBJECTIVE);
    }

    public int batchSize() {
        return values.get(BATCH_SIZE);
    }

    public double lower() {
        return values.get(SearchSettings.LOWER);
    }

    public double upper() {
        return values.get(SearchSettings.UPPER);
    }

    public double l1() {
        return values.get(L1);
    }

    public Ending ending() {
        return Ending.of(values);
    }

    public LayerGroups layers() {
        return values.get(LAYER_GROUPS);
    }

    public int population() {
        return values.find(SearchSettings.POPULATION).orElse(1);
    }

    /** Steps of gradient descent after the search; empty for none. */
    public OptionalInt refineSteps() {
        return values.find(REFINE_STEPS).map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    public LearningSettings withBudget(int value) {
        return with(SearchSettings.BUDGET, value);
    }

    public LearningSettings withSeed(long value) {
        return with(SearchSettings.SEED, value);
    }

    public LearningSettings withStrategy(String value) {
        return with(STRATEGY, value);
    }

    public LearningSettings withComposition(ComposedWeights value) {
        return with(COMPOSITION, value);
    }

    public LearningSettings withObjective(String value, int batch) {
        return new LearningSettings(values.with(OBJECTIVE, value).with(BATCH_SIZE, batch));
    }

    public LearningSettings withL1(double value) {
        return with(L1, value);
    }

    public LearningSettings withLayers(LayerGroups value) {
        return with(LAYER_GROUPS, value);
    }

    /** Texts of a field's choices, in their order. */
    private static Map<String, String> texts(String... valuesAndTexts) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < valuesAndTexts.length; i += 2) texts.put(valuesAndTexts[i], valuesAndTexts[i + 1]);
        return texts;
    }
}
