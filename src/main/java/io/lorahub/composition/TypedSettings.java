package io.lorahub.composition;

import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.web.FieldError;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The settings of a run as they stand in a form: whatever was typed. */
public record TypedSettings(
        String budget,
        String strategy,
        String composition,
        String objective,
        String lower,
        String upper,
        String l1,
        String seed,
        String dtype,
        String maxNewTokens) {

    public static final TypedSettings DEFAULT = of(RunSpec.of(List.of(), List.of()));

    public static TypedSettings of(RunSpec spec) {
        return new TypedSettings(
                Integer.toString(spec.budget()),
                spec.strategy() == null ? "" : spec.strategy(),
                spec.composition(),
                spec.objective(),
                text(spec.lower()),
                text(spec.upper()),
                text(spec.l1()),
                Long.toString(spec.seed()),
                spec.dtype(),
                Integer.toString(spec.maxNewTokens()));
    }

    private static String text(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /**
     * The settings that were meant.
     *
     * @param faults gets a cause for each number that is none; the default stands in for it
     */
    RunSpec spec(List<Example> examples, List<Example> heldOut, List<FieldError> faults) {
        LearningSettings usual = LearningSettings.DEFAULT;
        return new RunSpec(
                examples,
                heldOut,
                number("budget", budget, usual.budget(), Integer::valueOf, "a whole number, for example 40", faults),
                number("seed", seed, usual.seed(), Long::valueOf, "a whole number, for example 42", faults),
                strategy,
                composition,
                objective,
                number("lower", lower, usual.lower(), TypedSettings::decimal, "a number, for example −1.5", faults),
                number("upper", upper, usual.upper(), TypedSettings::decimal, "a number, for example 1.5", faults),
                number("l1", l1, usual.l1(), TypedSettings::decimal, "a number, for example 0.05", faults),
                dtype,
                number(
                        "max_new_tokens",
                        maxNewTokens,
                        RunSpec.MAX_NEW_TOKENS,
                        Integer::valueOf,
                        "a whole number, for example 32",
                        faults));
    }

    private static Double decimal(String text) {
        double value = Double.parseDouble(text);
        if (!Double.isFinite(value)) throw new NumberFormatException(text);
        return value;
    }

    private static <T> T number(
            String field, String typed, T usual, Function<String, T> parse, String wanted, List<FieldError> faults) {
        try {
            return parse.apply(typed.strip().replace('−', '-').toLowerCase(Locale.ROOT));
        } catch (NumberFormatException e) {
            faults.add(new FieldError(field, "Use %s.".formatted(wanted)));
            return usual;
        }
    }
}
