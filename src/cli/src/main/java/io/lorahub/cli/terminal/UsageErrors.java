package io.lorahub.cli.terminal;

import io.lorahub.engine.error.EngineException;
import java.util.Collection;
import java.util.Comparator;
import java.util.function.Supplier;
import org.apache.commons.text.similarity.LevenshteinDistance;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Errors in the command line. */
public final class UsageErrors {

    private UsageErrors() {}

    public static ParameterException wrong(CommandSpec command, String message) {
        return new ParameterException(command.commandLine(), message);
    }

    /** An option value that the engine refuses is a usage error. */
    public static <T> T checked(CommandSpec command, Supplier<T> value) {
        try {
            return value.get();
        } catch (EngineException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    /** The closest name, else all known names. */
    public static String suggestion(String name, Collection<String> known) {
        int tolerated = Math.max(1, name.length() / 3);
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        return known.stream()
                .min(Comparator.comparingInt(k -> distance.apply(name, k)))
                .filter(k -> distance.apply(name, k) <= tolerated)
                .map("Did you mean %s?"::formatted)
                .orElseGet(() -> "The names are %s.".formatted(String.join(", ", known)));
    }
}
