package io.lorahub.composition;

import static io.lorahub.engine.learning.LearningSettings.COMPOSITION;
import static io.lorahub.engine.learning.LearningSettings.L1;
import static io.lorahub.engine.learning.LearningSettings.LAYER_GROUPS;
import static io.lorahub.engine.learning.LearningSettings.OBJECTIVE;
import static io.lorahub.engine.learning.LearningSettings.STRATEGY;
import static io.lorahub.engine.optimize.SearchSettings.AVERAGE;
import static io.lorahub.engine.optimize.SearchSettings.BUDGET;
import static io.lorahub.engine.optimize.SearchSettings.LOWER;
import static io.lorahub.engine.optimize.SearchSettings.PATIENCE;
import static io.lorahub.engine.optimize.SearchSettings.POPULATION;
import static io.lorahub.engine.optimize.SearchSettings.SEED;
import static io.lorahub.engine.optimize.SearchSettings.UPPER;

import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.engine.setting.SettingValues;
import java.util.List;
import java.util.stream.Stream;

/**
 * The settings of a run on a hub: those of the search, and those that commands have as options of other things. A new
 * one comes last on pages.
 */
public final class RunSettings {

    /** The type that the model computes in. */
    public static final SearchSetting<Precision> DTYPE = SearchSetting.choice("dtype", Precision.class)
            .usual(Precision.FLOAT32)
            .help("The type that the model computes in.")
            .field("Precision", "bfloat16 is faster on processors that support it.")
            .line("Precision")
            .build();

    public static final SearchSetting<Integer> MAX_NEW_TOKENS = SearchSetting.whole("max_new_tokens")
            .usual(32)
            .must(tokens -> tokens >= 1 && tokens <= 512, "A prediction can have 1 to 512 tokens.")
            .help("Maximum number of tokens in a prediction.")
            .field("Longest prediction", "In tokens; 1 to 512.")
            .build();

    private static final List<SearchSetting<?>> OWN = List.of(DTYPE, MAX_NEW_TOKENS);

    /** What a specification holds. */
    public static final List<SearchSetting<?>> STORED = Stream.concat(LearningSettings.ALL.stream(), OWN.stream())
            .filter(setting -> !setting.isLocal())
            .toList();

    /** What a request can have, in the order of the form. */
    public static final List<SearchSetting<?>> REQUESTED = SettingValues.inOrder(
                    List.of(
                            COMPOSITION,
                            BUDGET,
                            OBJECTIVE,
                            LOWER,
                            UPPER,
                            L1,
                            STRATEGY,
                            PATIENCE,
                            AVERAGE,
                            POPULATION,
                            SEED,
                            LAYER_GROUPS,
                            DTYPE,
                            MAX_NEW_TOKENS),
                    STORED)
            .stream()
            .filter(setting -> setting.field().isPresent())
            .toList();

    /** The settings that the page of a result lays out itself. */
    private static final List<SearchSetting<?>> LAID_OUT = List.of(
            BUDGET,
            STRATEGY,
            PATIENCE,
            AVERAGE,
            POPULATION,
            LAYER_GROUPS,
            COMPOSITION,
            OBJECTIVE,
            LOWER,
            L1,
            SEED,
            DTYPE);

    /** What a list of settings shows, in its order. */
    public static final List<SearchSetting<?>> LISTED = SettingValues.inOrder(LAID_OUT, STORED).stream()
            .filter(setting -> setting.line().isPresent())
            .toList();

    /** What {@link #LISTED} has besides what the page of a result lays out itself. */
    static final List<SearchSetting<?>> FURTHER =
            LISTED.stream().filter(setting -> !LAID_OUT.contains(setting)).toList();

    /** The defaults of a request. */
    public static final SettingValues DEFAULT = SettingValues.NONE.withUsual(STORED);

    private RunSettings() {}

    /** All reasons why a run can't have these values. */
    public static List<SearchSetting.Fault> faults(SettingValues values) {
        return Stream.concat(LearningSettings.faults(values).stream(), values.faults(OWN).stream())
                .toList();
    }

    /** A value as lists of settings show it. */
    public static <T> String text(SearchSetting<T> setting, SettingValues values) {
        SearchSetting.Line line = setting.line().orElseThrow();
        return values.find(setting)
                .map(value -> line.format().formatted(setting.text(value)))
                .orElse(line.none());
    }
}
