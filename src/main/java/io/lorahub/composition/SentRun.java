package io.lorahub.composition;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.engine.learning.Example;
import java.util.List;
import java.util.Optional;

/**
 * A run as programs ask for it. Only title, examples and candidates are needed; settings that are left out have the
 * engine's defaults.
 *
 * @param candidates addresses {@code lab-a/un}, or of a version {@code lab-a/un@1.0.0}
 * @param forkOf     a run whose base model, candidates and, where they fit, evaluations are taken over
 */
@JsonNaming(SnakeCaseStrategy.class)
public record SentRun(
        String title,
        String description,
        String baseModel,
        List<String> candidates,
        List<Example> examples,
        List<Example> heldOut,
        Integer budget,
        Long seed,
        String strategy,
        String composition,
        String objective,
        Double lower,
        Double upper,
        Double l1,
        String dtype,
        Integer maxNewTokens,
        String forkOf,
        Integer forkEvaluations) {

    RunRequest request(Optional<String> key) {
        return new RunRequest(
                title == null ? "" : title,
                description == null ? "" : description,
                Optional.ofNullable(baseModel),
                present(candidates),
                spec(),
                key);
    }

    RunSpec spec() {
        RunSpec usual = RunSpec.of(present(examples), present(heldOut));
        return new RunSpec(
                usual.examples(),
                usual.heldOut(),
                or(budget, usual.budget()),
                or(seed, usual.seed()),
                or(strategy, usual.strategy()),
                or(composition, usual.composition()),
                or(objective, usual.objective()),
                or(lower, usual.lower()),
                or(upper, usual.upper()),
                or(l1, usual.l1()),
                or(dtype, usual.dtype()),
                or(maxNewTokens, usual.maxNewTokens()));
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
