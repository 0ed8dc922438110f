package io.lorahub.composition.request;

import io.lorahub.composition.RunSpec;
import io.lorahub.web.FieldError;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A request for a run. Null and empty values of a fork are taken from the run that it is forked from.
 *
 * @param baseModel  name of the base model; empty for the one that the candidates share
 * @param candidates addresses such as {@code lab-a/un}, or with a version {@code lab-a/un@1.0.0}
 * @param faults     errors already found when the request was read
 */
public record RunRequest(
        String title,
        String description,
        Optional<String> baseModel,
        List<String> candidates,
        RunSpec spec,
        Optional<Fork> fork,
        List<FieldError> faults) {

    /**
     * Another run whose base model, candidates and matching first evaluations are reused: if the search asks for known
     * weights, nothing is computed.
     *
     * @param evaluations number of evaluations, from 0 to all of them
     */
    public record Fork(UUID run, int evaluations) {}

    public RunRequest(
            String title, String description, Optional<String> baseModel, List<String> candidates, RunSpec spec) {
        this(title, description, baseModel, candidates, spec, Optional.empty(), List.of());
    }

    public RunRequest forkOf(UUID run, int evaluations) {
        return new RunRequest(
                title, description, baseModel, candidates, spec, Optional.of(new Fork(run, evaluations)), faults);
    }

    /** With further errors. */
    RunRequest with(List<FieldError> more) {
        List<FieldError> all = Stream.concat(faults.stream(), more.stream()).toList();
        return new RunRequest(title, description, baseModel, candidates, spec, fork, all);
    }
}
