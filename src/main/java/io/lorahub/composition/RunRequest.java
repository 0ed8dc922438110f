package io.lorahub.composition;

import io.lorahub.web.FieldError;
import java.util.List;
import java.util.Optional;

/**
 * What somebody asks to be run.
 *
 * @param description null where nothing was said, which a fork takes for that of the other run
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
        List<FieldError> faults) {

    public RunRequest(
            String title,
            String description,
            Optional<String> baseModel,
            List<String> candidates,
            RunSpec spec,
            Optional<String> key) {
        this(title, description, baseModel, candidates, spec, key, List.of());
    }
}
