package io.lorahub.engine.setting;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorahub.engine.names.EnumNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The declaration of a setting: its name, values, bounds and default, and what people read about it. Two settings are
 * never equal.
 *
 * @param <T> Integer, Long, Double, String or an enum
 */
public final class SearchSetting<T> {

    /** How a value is written. */
    public enum Kind {
        WHOLE,
        DECIMAL,
        NAME
    }

    /**
     * An option of the command line.
     *
     * @param name  such as --budget
     * @param value what stands for the value in the help, such as N
     * @param help  a format, in which a percent sign is doubled
     */
    public record Option(String name, String value, String help) {}

    /**
     * A field of the form that starts a run.
     *
     * @param choices texts by value; empty for a field to type in
     */
    public record Field(String label, String hint, Map<String, String> choices) {}

    /**
     * A line in a list of a run's settings.
     *
     * @param none   what it says without a value
     * @param format of a value
     */
    public record Line(String label, String none, String format) {}

    /**
     * Why a value is refused.
     *
     * @param sentence for somebody who writes a program or a command
     * @param advice   for somebody who fills in a form or calls the API
     */
    public record Fault(SearchSetting<?> setting, String sentence, String advice) {}

    /** A condition of a value, given all values. */
    private record Rule<T>(
            BiPredicate<T, SettingValues> holds,
            BiFunction<T, SettingValues, String> sentence,
            BiFunction<T, SettingValues, String> advice) {

        private Fault fault(SearchSetting<T> setting, T value, SettingValues all) {
            return new Fault(setting, sentence.apply(value, all), advice.apply(value, all));
        }
    }

    private final String name;
    private final Class<T> type;
    private final List<String> names;
    private final T usual;
    private final T unwritten;
    private final T example;
    private final List<Rule<T>> bounds;
    private final List<Rule<T>> needs;
    private final String help;
    private final Option option;
    private final Field field;
    private final Line line;
    private final boolean local;

    private SearchSetting(Builder<T> declared) {
        name = declared.name;
        type = declared.type;
        names = declared.names;
        usual = declared.usual;
        unwritten = declared.unwritten;
        example = declared.example;
        bounds = List.copyOf(declared.bounds);
        needs = List.copyOf(declared.needs);
        help = declared.help;
        option = declared.option;
        field = declared.field;
        line = declared.line;
        local = declared.local;
    }

    public static Builder<Integer> whole(String name) {
        return new Builder<>(name, Integer.class, List.of());
    }

    public static Builder<Long> wholeLong(String name) {
        return new Builder<>(name, Long.class, List.of());
    }

    public static Builder<Double> decimal(String name) {
        return new Builder<>(name, Double.class, List.of());
    }

    public static <E extends Enum<E>> Builder<E> choice(String name, Class<E> type) {
        return new Builder<>(name, type, EnumNames.all(type));
    }

    /** @param names of the known values; where other ones are allowed, that place checks them */
    public static Builder<String> named(String name, List<String> names) {
        return new Builder<>(name, String.class, names);
    }

    /** In snake_case, as in JSON and as the name of the form's field. */
    public String name() {
        return name;
    }

    public Kind kind() {
        if (type == Double.class) return Kind.DECIMAL;
        return Number.class.isAssignableFrom(type) ? Kind.WHOLE : Kind.NAME;
    }

    public Class<T> type() {
        return type;
    }

    /** The known values of a setting of the kind NAME. */
    public List<String> names() {
        return names;
    }

    /** The default; empty if there is no value by default. */
    public Optional<T> usual() {
        return Optional.ofNullable(usual);
    }

    /**
     * What a recipe or specification says by leaving the setting out, if that isn't the default of today: they can be
     * older than the setting.
     */
    public Optional<T> unwritten() {
        return Optional.ofNullable(unwritten);
    }

    /** Whether an empty text is a value: none, or the default. */
    public boolean canBeEmpty() {
        return usual == null || unwritten != null;
    }

    /** A value to show to somebody who typed something else. */
    public T example() {
        return example == null ? usual : example;
    }

    /** What it does, in a sentence. */
    public String help() {
        return help;
    }

    /** Empty if the commands that search have no option for it, or have it for other purposes too. */
    public Optional<Option> option() {
        return Optional.ofNullable(option);
    }

    /** Empty if a request for a run can't have it. */
    public Optional<Field> field() {
        return Optional.ofNullable(field);
    }

    /** Empty if lists of settings leave it out. */
    public Optional<Line> line() {
        return Optional.ofNullable(line);
    }

    /** Whether runs on a hub don't have it. */
    public boolean isLocal() {
        return local;
    }

    /** Why a value is refused: its first violated bound, or else everything that doesn't go together with it. */
    List<Fault> faults(SettingValues all) {
        T value = all.find(this).orElse(usual);
        if (value == null) return List.of();
        Optional<Fault> outside = violated(bounds, value, all).findFirst();
        return outside.map(List::of).orElseGet(() -> violated(needs, value, all).toList());
    }

    /** Why a value is refused, whatever the other ones are. */
    public Optional<Fault> fault(T value) {
        return violated(bounds, value, SettingValues.NONE.with(this, value)).findFirst();
    }

    private Stream<Fault> violated(List<Rule<T>> rules, T value, SettingValues all) {
        return rules.stream().filter(rule -> !rule.holds().test(value, all)).map(rule -> rule.fault(this, value, all));
    }

    /** The value with this name; empty if the name isn't known. */
    public Optional<T> named(String text) {
        return type.isEnum()
                ? Stream.of(type.getEnumConstants())
                        .filter(constant -> EnumNames.of((Enum<?>) constant).equals(text))
                        .findFirst()
                : Optional.of(text).filter(names::contains).map(type::cast);
    }

    /** @throws IllegalArgumentException if the text isn't a number */
    public T number(String text) {
        if (type == Double.class) {
            double value = Double.parseDouble(text);
            if (!Double.isFinite(value)) throw new NumberFormatException(text);
            return type.cast(value);
        }
        return type == Long.class ? type.cast(Long.valueOf(text)) : type.cast(Integer.valueOf(text));
    }

    /** As people and JSON write a value. */
    public String text(T value) {
        return value instanceof Enum<?> constant ? EnumNames.of(constant) : value.toString();
    }

    public JsonNode json(T value) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (value instanceof Integer number) return json.numberNode(number);
        if (value instanceof Long number) return json.numberNode(number);
        if (value instanceof Double number) return json.numberNode(number);
        return json.textNode(text(value));
    }

    /**
     * Reads a stored value. Names of before 2026-11-28 can be in capitals.
     *
     * @return empty if this version doesn't know the name
     */
    public Optional<T> read(JsonNode stored) {
        if (type == Double.class) return Optional.of(type.cast(stored.asDouble()));
        if (type == Long.class) return Optional.of(type.cast(stored.asLong()));
        if (type == Integer.class) return Optional.of(type.cast(stored.asInt()));
        if (!type.isEnum()) return Optional.of(type.cast(stored.asText()));
        return names.stream()
                .filter(stored.asText()::equalsIgnoreCase)
                .findFirst()
                .flatMap(this::named);
    }

    @Override
    public String toString() {
        return name;
    }

    /** Declares a setting. */
    public static final class Builder<T> {

        private final String name;
        private final Class<T> type;
        private final List<String> names;
        private final List<Rule<T>> bounds = new ArrayList<>();
        private final List<Rule<T>> needs = new ArrayList<>();
        private T usual;
        private T unwritten;
        private T example;
        private String help;
        private Option option;
        private Field field;
        private Line line;
        private boolean local;

        private Builder(String name, Class<T> type, List<String> names) {
            this.name = name;
            this.type = type;
            this.names = names;
        }

        public Builder<T> usual(T value) {
            usual = value;
            return this;
        }

        public Builder<T> unwritten(T value) {
            unwritten = value;
            return this;
        }

        public Builder<T> example(T value) {
            example = value;
            return this;
        }

        /** @param sentence a format of the value */
        public Builder<T> must(Predicate<T> holds, String sentence) {
            return must(holds, sentence, sentence);
        }

        public Builder<T> must(Predicate<T> holds, String sentence, String advice) {
            bounds.add(new Rule<>(
                    (value, all) -> holds.test(value),
                    (value, all) -> sentence.formatted(value),
                    (value, all) -> advice.formatted(value)));
            return this;
        }

        public Builder<T> must(BiPredicate<T, SettingValues> holds, BiFunction<T, SettingValues, String> sentence) {
            bounds.add(new Rule<>(holds, sentence, sentence));
            return this;
        }

        /** What other settings must be for this value to apply. */
        public Builder<T> needs(
                BiPredicate<T, SettingValues> holds, BiFunction<T, SettingValues, String> sentence, String advice) {
            needs.add(new Rule<>(holds, sentence, (value, all) -> advice));
            return this;
        }

        public Builder<T> help(String sentence) {
            help = sentence;
            return this;
        }

        /** An option that is named as the setting is and says what its help says. */
        public Builder<T> option(String value) {
            return option("--" + name.replace('_', '-'), value, help.replace("%", "%%"));
        }

        public Builder<T> option(String optionName, String value, String text) {
            option = new Option(optionName, value, text);
            return this;
        }

        /** A field that says what the help says; one with names offers all of them. */
        public Builder<T> field(String label) {
            return field(label, help);
        }

        public Builder<T> field(String label, String hint) {
            Map<String, String> choices = new LinkedHashMap<>();
            if (canBeEmpty() && !names.isEmpty()) choices.put("", "Default");
            names.forEach(known -> choices.put(known, known));
            return field(label, hint, choices);
        }

        private boolean canBeEmpty() {
            return usual == null;
        }

        public Builder<T> field(String label, String hint, Map<String, String> choices) {
            field = new Field(label, hint, choices);
            return this;
        }

        public Builder<T> line(String label) {
            return line(label, "none", "%s");
        }

        public Builder<T> line(String label, String none, String format) {
            line = new Line(label, none, format);
            return this;
        }

        public Builder<T> local() {
            local = true;
            return this;
        }

        public SearchSetting<T> build() {
            return new SearchSetting<>(this);
        }
    }
}
