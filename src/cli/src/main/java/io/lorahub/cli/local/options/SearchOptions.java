package io.lorahub.cli.local.options;

import static io.lorahub.engine.learning.LearningSettings.LAYER_GROUPS;
import static io.lorahub.engine.learning.LearningSettings.STRATEGY;
import static io.lorahub.engine.optimize.SearchSettings.AVERAGE;
import static io.lorahub.engine.optimize.SearchSettings.BUDGET;
import static io.lorahub.engine.optimize.SearchSettings.LOWER;
import static io.lorahub.engine.optimize.SearchSettings.PATIENCE;
import static io.lorahub.engine.optimize.SearchSettings.POPULATION;
import static io.lorahub.engine.optimize.SearchSettings.PRUNING;
import static io.lorahub.engine.optimize.SearchSettings.SEED;
import static io.lorahub.engine.optimize.SearchSettings.UPPER;

import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.engine.setting.SettingValues;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** How to search: an option for each setting that has one, and those of the objective. */
public final class SearchOptions {

    /** The help's order; others follow. */
    private static final List<SearchSetting<?>> FIRST =
            List.of(BUDGET, SEED, STRATEGY, PATIENCE, PRUNING, AVERAGE, POPULATION, LAYER_GROUPS, LOWER, UPPER);

    private final SettingOptions options = new SettingOptions();
    private final ObjectiveOptions objective = new ObjectiveOptions();
    private CommandSpec command;

    @Spec
    void declare(CommandSpec own) {
        command = own;
        options.addTo(
                own,
                SettingValues.inOrder(FIRST, LearningSettings.ALL).stream()
                        .filter(setting -> !ObjectiveOptions.SETTINGS.contains(setting))
                        .toList());
        own.addMixin("objective", CommandSpec.forAnnotatedObject(objective));
    }

    public LearningSettings settings(ComposedWeights composition) {
        LearningSettings settings = objective.settings(LearningSettings.DEFAULT.withComposition(composition));
        return UsageErrors.checked(command, () -> new LearningSettings(options.over(settings.values())));
    }
}
