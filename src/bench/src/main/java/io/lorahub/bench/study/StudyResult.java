package io.lorahub.bench.study;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A row's result on one task and draw: a line of the file of results.
 *
 * @param family     the folder of the tasks, or the demo
 * @param budget     0 if the row doesn't depend on it; so are examples and candidates
 * @param loss       token loss on the few-shot examples
 * @param exactMatch on the held-out examples, in percent
 * @param expected   of them, told from the few-shot examples; null if nothing was
 */
record StudyResult(
        String family,
        String task,
        int draw,
        String row,
        int budget,
        int examples,
        int candidates,
        double loss,
        @JsonProperty("exact_match") double exactMatch,
        int evaluations,
        double seconds,
        @JsonInclude(JsonInclude.Include.NON_NULL) Double expected) {

    /** What the result is of. */
    record Key(String family, String task, int draw, String row, StudyCondition seen) {}

    Key key() {
        return new Key(family, task, draw, row, new StudyCondition(budget, examples, candidates));
    }

    static StudyResult of(Key key, StudyMethod.Reached reached) {
        return new StudyResult(
                key.family,
                key.task,
                key.draw,
                key.row,
                key.seen.budget(),
                key.seen.examples(),
                key.seen.candidates(),
                reached.tested().loss(),
                reached.tested().exactMatch(),
                reached.evaluations(),
                reached.seconds(),
                reached.expected());
    }
}
