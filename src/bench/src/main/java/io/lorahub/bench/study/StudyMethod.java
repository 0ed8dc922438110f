package io.lorahub.bench.study;

import io.lorahub.bench.search.TestedMix;
import java.util.List;

/** A way to get from examples and candidates to weights or to an adapter. It may give several rows of the table. */
interface StudyMethod extends AutoCloseable {

    List<String> rows();

    default boolean usesBudget() {
        return true;
    }

    default boolean usesExamples() {
        return true;
    }

    default boolean usesCandidates() {
        return true;
    }

    /** Returns the rows that it can measure here. Throws UnavailableException if it can measure none on this machine. */
    List<Reached> reached(StudyCase given);

    @Override
    default void close() {}

    /**
     * @param evaluations of all few-shot examples; a gradient counts as three
     * @param seconds     that these took
     * @param expected    share of the held-out examples that was to be expected, in percent; null if nothing was
     */
    record Reached(String row, TestedMix tested, int evaluations, double seconds, Double expected) {

        Reached(String row, TestedMix tested, int evaluations, double seconds) {
            this(row, tested, evaluations, seconds, null);
        }

        Reached expecting(Double share) {
            return new Reached(row, tested, evaluations, seconds, share);
        }
    }
}
