package io.lorahub.serve;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A setting of the hub, to the extent that it can be checked without starting the hub.
 *
 * @param allowed    description for people: "a whole number, 0 or more"
 * @param mayBeEmpty whether an empty text counts as not set
 * @param standard   its value where none is given; empty if there is none
 */
record SettingDefinition(
        String name, String allowed, boolean mayBeEmpty, Predicate<String> good, Optional<String> standard) {

    /** Longer ones can't be counted in nanoseconds. */
    private static final Duration CENTURY = Duration.ofDays(36_525);

    private static final Pattern FLAG =
            Pattern.compile("true|false|yes|no|on|off|y|n|t|f|1|0", Pattern.CASE_INSENSITIVE);

    private SettingDefinition(String name, String allowed, boolean mayBeEmpty, Predicate<String> good) {
        this(name, allowed, mayBeEmpty, good, Optional.empty());
    }

    SettingDefinition withStandard(String value) {
        return new SettingDefinition(name, allowed, mayBeEmpty, good, Optional.of(value));
    }

    static SettingDefinition flag(String name) {
        return new SettingDefinition(
                name, "true or false", false, value -> FLAG.matcher(value).matches());
    }

    static SettingDefinition whole(String name, int least) {
        return new SettingDefinition(name, "a whole number, %d or more".formatted(least), false, value -> {
            int number = Integer.parseInt(value);
            return number >= least;
        });
    }

    static SettingDefinition port(String name) {
        return new SettingDefinition(name, "a port from 0 to 65535; 0 takes a free one", true, value -> {
            int port = Integer.parseInt(value);
            return port >= 0 && port <= 65_535;
        });
    }

    /** A number of bytes without a unit. */
    static SettingDefinition bytes(String name) {
        return new SettingDefinition(name, "a number of bytes, 1 or more", false, value -> Long.parseLong(value) >= 1);
    }

    static SettingDefinition size(String name, int least) {
        return new SettingDefinition(
                name,
                "a size such as 1M, 500M or 2G, or a number of bytes",
                false,
                value -> new MemorySizeConverter().convert(value).asLongValue() >= least);
    }

    static SettingDefinition time(String name) {
        return new SettingDefinition(name, "a time such as 30s, 6h, 7d or PT0.25S, at most a century", false, value -> {
            Duration time = DurationConverter.parseDuration(value);
            return !time.isNegative() && !time.isZero() && time.compareTo(CENTURY) <= 0;
        });
    }

    static SettingDefinition url(String name) {
        return new SettingDefinition(
                name, "an address such as https://hub.example.org", true, SettingDefinition::isUrl);
    }

    static SettingDefinition urls(String name) {
        return new SettingDefinition(
                name,
                "addresses such as https://login.example.org, separated by commas",
                true,
                value -> Arrays.stream(value.split(",", -1)).map(String::strip).allMatch(SettingDefinition::isUrl));
    }

    static SettingDefinition oneOf(String name, List<String> known) {
        return new SettingDefinition(
                name, String.join(" or ", known), false, value -> known.contains(value.toLowerCase(Locale.ROOT)));
    }

    static SettingDefinition matching(String name, String pattern, String allowed) {
        return new SettingDefinition(name, allowed, true, value -> value.matches(pattern));
    }

    /** Entries separated by commas. */
    static SettingDefinition listOf(String name, String pattern, String allowed) {
        return new SettingDefinition(name, allowed, true, value -> {
            List<String> entries =
                    Arrays.stream(value.split(",", -1)).map(String::strip).toList();
            entries.stream()
                    .filter(entry -> !entry.matches(pattern))
                    .findFirst()
                    .ifPresent(wrong -> {
                        throw new WrongEntryException(wrong, entries);
                    });
            return true;
        });
    }

    private static final class WrongEntryException extends IllegalArgumentException {

        private static final long serialVersionUID = 1;

        WrongEntryException(String wrong, List<String> entries) {
            super(
                    wrong.isEmpty()
                            ? "has an empty entry, number %d of %d"
                                    .formatted(entries.indexOf(wrong) + 1, entries.size())
                            : "has the entry \"%s\"".formatted(wrong));
        }
    }

    /** Any text, or none. */
    static SettingDefinition text(String name) {
        return new SettingDefinition(name, "a text", true, value -> true);
    }

    /** Any non-empty text. */
    static SettingDefinition word(String name) {
        return new SettingDefinition(name, "text that isn't empty", false, value -> true);
    }

    private static boolean isUrl(String value) {
        URI url = URI.create(value);
        return ("http".equals(url.getScheme()) || "https".equals(url.getScheme())) && url.getRawAuthority() != null;
    }

    /** Follows MicroProfile Config's mapping of names. */
    String variable() {
        return variable(name);
    }

    /** The setting's name in earlier versions, which is still accepted; the same if it has not changed. */
    String formerName() {
        return name.replace("lorahub.checks.", "lorahub.doctor.")
                .replace("lorahub.tasks.", "lorahub.trials.")
                .replace(".heartbeat", ".beat");
    }

    static String variable(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    /** Describes the error in a value; empty if it is valid. */
    Optional<String> fault(String value) {
        if (value.contains("${")) return Optional.empty(); // contains other settings, which are checked themselves
        if (value.isBlank()) return mayBeEmpty ? Optional.empty() : Optional.of(sentence("is empty"));
        try {
            return good.test(value.strip()) ? Optional.empty() : Optional.of(sentence(shown(value)));
        } catch (WrongEntryException e) {
            return Optional.of(sentence(e.getMessage()));
        } catch (IllegalArgumentException
                | ArithmeticException e) { // thrown by the parsers: numbers, times, sizes, addresses
            return Optional.of(sentence(shown(value)));
        }
    }

    private String shown(String value) {
        if (name.endsWith("secret-key")) return "is another text";
        return "is \"" + value.replaceFirst("//[^/@]*@", "//…@") + "\""; // without a password
    }

    private String sentence(String given) {
        return "%s (%s) %s; it has to be %s.".formatted(name, variable(), given, allowed);
    }
}
