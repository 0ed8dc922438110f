package io.lorahub.serve;

import io.smallrye.config.ConfigValidationException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Describes errors in Quarkus settings, which {@link SettingsValidator} does not know, in the same form as errors in
 * the hub's own settings.
 */
final class FrameworkSettings {

    private static final Pattern UNREADABLE =
            Pattern.compile("The config property (\\S+) with the config value \"(.*?)\" threw", Pattern.DOTALL);

    private static final Pattern MISSING = Pattern.compile("The config property (\\S+) is required but");
    private static final Pattern CODE = Pattern.compile("\\S*(Exception|Error): |[A-Z]{3,}\\d+: ");

    private FrameworkSettings() {}

    static ServeException refused(ConfigValidationException wrong) {
        List<String> faults = IntStream.range(0, wrong.getProblemCount())
                .mapToObj(i -> sentence(wrong.getProblem(i).getMessage()))
                .distinct()
                .toList();
        return new ServeException(SettingsValidator.sentence(faults), wrong);
    }

    private static String sentence(String message) {
        Matcher unreadable = UNREADABLE.matcher(message);
        if (unreadable.find()) {
            String name = unreadable.group(1);
            return "%s (%s) is \"%s\", which isn't a valid value."
                    .formatted(name, SettingDefinition.variable(name), unreadable.group(2));
        }
        Matcher missing = MISSING.matcher(message);
        if (missing.find()) {
            return "%s (%s) is missing.".formatted(missing.group(1), SettingDefinition.variable(missing.group(1)));
        }
        return CODE.matcher(message).replaceAll("");
    }
}
