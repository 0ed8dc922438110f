package io.lorahub.composition;

import io.lorahub.web.FieldError;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What somebody asks to be run. A fork takes what is null or empty from the run that it is forked from.
 *
 * @param baseModel  by name; empty for the one that the candidates share
 * @param candidates addresses such as {@code lab-a/un}, or with a version {@code lab-a/un@1.0.0}
 * @param key        two requests of a person with one key are the same run (IETF draft Idempotency-Key)
 * @param faults     what was wrong with it already when it was read
 */
public record RunRequest(
        String title,
        String description,
        Optional<String> baseModel,
        List<String> candidates,
        RunSpec spec,
        Optional<String> key,
        Optional<Fork> fork,
        List<FieldError> faults) {

    /**
     * Another run whose base model and candidates are taken, and of its first evaluations what fits: where the search
     * asks for weights that are known, nothing is computed.
     *
     * @param evaluations from 0 to all of them
     */
    public record Fork(UUID run, int evaluations) {}

    public RunRequest(
            String title,
            String description,
            Optional<String> baseModel,
            List<String> candidates,
            RunSpec spec,
            Optional<String> key) {
        this(title, description, baseModel, candidates, spec, key, Optional.empty(), List.of());
    }

    RunRequest forkOf(UUID run, int evaluations) {
        return new RunRequest(
                title, description, baseModel, candidates, spec, key, Optional.of(new Fork(run, evaluations)), faults);
    }
}
