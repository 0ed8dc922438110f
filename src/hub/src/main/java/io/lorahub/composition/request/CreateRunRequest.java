package io.lorahub.composition.request;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.composition.RunSpec;
import io.lorahub.engine.learning.Example;
import io.lorahub.web.FieldError;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A run as requested by an API client. Only title, examples and candidates are required; omitted settings take the
 * engine's defaults.
 *
 * @param candidates addresses such as {@code lab-a/un}, or with a version {@code lab-a/un@1.0.0}
 * @param budget     a whole number, like all other fields declared as decimals: other values are rejected, not rounded
 * @param prompt     chat, plain, or a text with {input} and {output}; only for decoder-only base models
 * @param forkOf     a run whose base model, candidates and, if they fit, points are reused
 * @param others     unknown fields
 */
@JsonNaming(SnakeCaseStrategy.class)
public record CreateRunRequest(
        String title,
        String description,
        String baseModel,
        List<String> candidates,
        List<Example> examples,
        List<Example> heldOut,

        @Schema(
                type = SchemaType.INTEGER,
                description =
                        "Evaluations that the search can spend. A point (a set of weights) costs one, with its gradient three. By default 40.")
        BigDecimal budget,

        @Schema(type = SchemaType.INTEGER) BigDecimal seed,

        @Schema(
                description =
                        "The search strategy. By default, or if empty, margins for the objective loss, greedy for others; a run has the name of the one that was chosen.")
        String strategy,

        @Schema(
                type = SchemaType.INTEGER,
                description =
                        "Ends the search after this many evaluations without a gain. By default it never ends before its budget.")
        BigDecimal patience,

        @Schema(
                type = SchemaType.INTEGER,
                description =
                        "Ends the search with the mean of this many of its best points, if it is nearly as good on the examples. By default there is no mean.")
        BigDecimal average,

        @Schema(
                description =
                        "Gives each adapter a weight of its own in each group of layers: none, stacks (encoder and"
                                + " decoder), thirds (of the depth), or auto: thirds if the search gains from it. By"
                                + " default auto; a run has the groups that were chosen.")
        String layerGroups,

        @Schema(
                type = SchemaType.INTEGER,
                description =
                        "Number of points that the search proposes at once, 1 to 64, for workers with a GPU. By default 1. Needs the default strategy and the objective loss.")
        BigDecimal population,

        String composition,
        String objective,
        Double lower,
        Double upper,
        Double l1,
        String dtype,
        @Schema(type = SchemaType.INTEGER) BigDecimal maxNewTokens,

        @Schema(
                description = "How a decoder-only base model reads an input: chat (its own chat template),"
                        + " plain (the input, a space, the output), or a text with {input} and {output}."
                        + " By default chat if the model has a template, otherwise plain.")
        String prompt,

        @Schema(description = "System text, if the prompt format is chat")
        String system,

        String forkOf,

        @Schema(
                type = SchemaType.INTEGER,
                description =
                        "Number of points of the run in fork_of that are taken over, if the settings fit. By default 0.")
        BigDecimal forkEvaluations,

        @JsonAnySetter @Schema(hidden = true) Map<String, Object> others) {

    /** Every number with at most this many digits fits into a long. */
    private static final int DIGITS = 18;

    public RunRequest request() {
        List<FieldError> faults = faults();
        return new RunRequest(
                title == null || title.isBlank() ? null : title,
                description,
                Optional.ofNullable(baseModel),
                present(candidates),
                spec(faults),
                Optional.empty(),
                faults);
    }

    /** How many points of the other run are reused; 0 by default. */
    public int taken() {
        return (int) within(Integer.MIN_VALUE, or(whole(forkEvaluations), 0L), Integer.MAX_VALUE);
    }

    private RunSpec spec(List<FieldError> faults) {
        RunSpec usual = RunSpec.of(present(examples), present(heldOut));
        return new RunSpec(
                usual.examples(),
                usual.heldOut(),
                whole(budget, usual.budget()),
                or(whole(seed), usual.seed()),
                strategy,
                SearchValidator.setting("composition", composition, usual.composition(), faults),
                SearchValidator.setting("objective", objective, usual.objective(), faults),
                or(lower, usual.lower()),
                or(upper, usual.upper()),
                or(l1, usual.l1()),
                SearchValidator.setting("dtype", dtype, usual.dtype(), faults),
                whole(maxNewTokens, usual.maxNewTokens()),
                prompt,
                system,
                null,
                patience == null ? null : whole(patience, 0),
                usual.pruning(),
                average == null ? null : whole(average, 0),
                SearchValidator.groups(layerGroups, faults),
                population == null ? null : whole(population, 0));
    }

    /** Errors in the request's form; {@link RunValidator} checks the bounds. */
    private List<FieldError> faults() {
        List<FieldError> faults = new ArrayList<>();
        if (others != null)
            others.keySet().forEach(name -> faults.add(new FieldError(name, "There is no such field.")));
        Map<String, BigDecimal> numbers = new LinkedHashMap<>();
        numbers.put("budget", budget);
        numbers.put("seed", seed);
        numbers.put("patience", patience);
        numbers.put("average", average);
        numbers.put("population", population);
        numbers.put("max_new_tokens", maxNewTokens);
        numbers.put("fork_evaluations", forkEvaluations);
        numbers.forEach((name, number) -> {
            if (number != null && !isWhole(number)) {
                faults.add(new FieldError(name, "Use a whole number, such as 42."));
            }
        });
        if (seed != null && isWhole(seed) && !fits(seed)) {
            faults.add(new FieldError("seed", "Use a whole number of at most 18 digits."));
        }
        return faults;
    }

    // the number is never written out: 1e999999999 would exhaust the memory

    private static boolean isWhole(BigDecimal number) {
        return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    }

    private static boolean fits(BigDecimal number) {
        return number.signum() == 0 || (long) number.precision() - number.scale() <= DIGITS;
    }

    /** The nearest long to a number that does not fit; null for null and for a fraction. */
    private static Long whole(BigDecimal number) {
        if (number == null || !isWhole(number)) return null;
        if (fits(number)) return number.longValue();
        return number.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    private static int whole(BigDecimal number, int usual) {
        return (int) within(Integer.MIN_VALUE, or(whole(number), (long) usual), Integer.MAX_VALUE);
    }

    private static long within(long least, long number, long most) {
        return Math.max(least, Math.min(number, most));
    }

    private static <T> T or(T value, T usual) {
        return value == null ? usual : value;
    }

    private static <T> List<T> present(List<T> list) {
        return list == null
                ? List.of()
                : list.stream().filter(java.util.Objects::nonNull).toList();
    }
}
