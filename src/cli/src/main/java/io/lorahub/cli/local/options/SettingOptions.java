package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.EnumWords;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.engine.setting.SettingValues;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options of a command that are declared as settings. */
public final class SettingOptions {

    private final Map<SearchSetting<?>, OptionSpec> options = new LinkedHashMap<>();

    /** Adds the settings' options to a command, in this order; settings without one are left out. */
    public void addTo(CommandSpec command, List<SearchSetting<?>> settings) {
        settings.forEach(setting -> setting.option().ifPresent(option -> {
            OptionSpec.Builder built = OptionSpec.builder(option.name())
                    .paramLabel(option.value())
                    .description(option.help())
                    .type(setting.type());
            if (!setting.names().isEmpty()) built.completionCandidates(setting.names());
            if (setting.type().isEnum()) built.converters(EnumWords.of(setting));
            options.put(setting, built.build());
            command.addOption(options.get(setting));
        }));
    }

    /** The values with those that were given. */
    public SettingValues over(SettingValues values) {
        SettingValues all = values;
        for (SearchSetting<?> setting : options.keySet()) all = with(all, setting);
        return all;
    }

    private <T> SettingValues with(SettingValues values, SearchSetting<T> setting) {
        T given = setting.type().cast(options.get(setting).getValue());
        return given == null ? values : values.with(setting, given);
    }
}
