package io.lorahub.composition.form;

import io.lorahub.composition.request.RunValidator;
import io.lorahub.engine.learning.RunMemory;
import java.util.Optional;

/**
 * What follows from the entered data before the run is started.
 *
 * @param memory   how much of a worker's memory the run needs; empty if the base model is unknown, or there are too many
 *                 candidates
 * @param tooLarge why no worker can run it, or why there are too many candidates; empty if one can
 * @param precheck conflicts between settings, and what is wrong with the examples
 * @param prompt   empty if the base model is unknown or has no choice of a prompt format
 * @param payable  whether a run may have this budget
 */
public record FormPreview(
        RunEstimate estimate,
        Optional<RunMemory> memory,
        Optional<String> tooLarge,
        RunValidator.Precheck precheck,
        Optional<PromptPreview> prompt,
        boolean payable,
        Quota quota) {

    /**
     * @param active number of the owner's runs that wait or run
     * @param most   maximum number of those
     * @param left   number of runs that a visitor's address can still start today; empty for a member
     */
    public record Quota(long active, int most, Optional<Long> left) {}
}
