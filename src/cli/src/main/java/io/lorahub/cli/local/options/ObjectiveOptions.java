package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.ObjectiveCommand;
import io.lorahub.engine.learning.Objectives;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.engine.setting.SettingValues;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** What a mix is scored by. */
public final class ObjectiveOptions {

    static final List<SearchSetting<?>> SETTINGS =
            List.of(LearningSettings.OBJECTIVE, LearningSettings.BATCH_SIZE, LearningSettings.L1);

    private final SettingOptions options = new SettingOptions();

    private final OptionSpec objectiveCommand = OptionSpec.builder("--objective-command")
            .paramLabel("COMMAND")
            .type(String.class)
            .description("Minimise what this shell command says: it reads a JSON line for each example (input, output,"
                    + " prediction, loss) and writes a number for each, or one for all.")
            .build();

    private CommandSpec command;

    @Spec
    void declare(CommandSpec own) {
        command = own;
        options.addTo(own, List.of(LearningSettings.OBJECTIVE));
        own.addOption(objectiveCommand);
        options.addTo(own, List.of(LearningSettings.BATCH_SIZE, LearningSettings.L1));
    }

    public LearningSettings settings(LearningSettings others) {
        String program = objectiveCommand.getValue();
        if (program != null && command.commandLine().getParseResult().hasMatchedOption("--objective")) {
            throw UsageErrors.wrong(command, "Give --objective or --objective-command, not both.");
        }
        return UsageErrors.checked(command, () -> {
            SettingValues values = options.over(others.values());
            if (program != null) values = values.with(LearningSettings.OBJECTIVE, ObjectiveCommand.PREFIX + program);
            Objectives.named(values.get(LearningSettings.OBJECTIVE), values.get(LearningSettings.BATCH_SIZE));
            return new LearningSettings(values);
        });
    }
}
