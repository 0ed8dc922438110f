package io.lorahub.bench.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.lorahub.engine.learning.NearMisses;

/**
 * One search.
 *
 * @param loss        final token loss on the few-shot examples, without regularisation
 * @param exactMatch  on the held-out examples, in percent
 * @param nearMisses  wrong predictions on these that are nearly right
 * @param adapters    whose weight in the mix is not 0
 * @param evaluations charged to the budget
 * @param passes      of the model, each with one weight vector or several, forward or forward and backward
 * @param partsAfter  number of different candidates tried until the adapters of all the task's skills were among them;
 *                    null if they never were
 * @param seconds     of the search, without reading the model and decoding the held-out examples
 * @param written     the mix as it is written; null unless the plan has an error bound, or if all weights are 0
 */
record SearchRun(
        String strategy,
        int budget,
        String task,
        int draw,
        long seed,
        double loss,
        @JsonProperty("exact_match") double exactMatch,
        @JsonUnwrapped NearMisses nearMisses,
        int adapters,
        int evaluations,
        int passes,
        @JsonProperty("parts_after") Integer partsAfter,
        double seconds,
        @JsonInclude(JsonInclude.Include.NON_NULL) WrittenMix written) {

    /** Number of candidates among which a good search has the right ones. */
    static final int FIRST = 20;

    boolean hasPartsEarly() {
        return partsAfter != null && partsAfter <= FIRST;
    }
}
