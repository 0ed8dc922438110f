package io.lorahub.bench.study;

/**
 * What a method gets.
 *
 * @param budget     evaluations that a search can spend
 * @param examples   number of few-shot examples
 * @param candidates number of adapters
 */
record StudyCondition(int budget, int examples, int candidates) {

    String words() {
        return "budget %d, %d examples, %d candidates".formatted(budget, examples, candidates);
    }

    /** @param axis budget, examples or candidates */
    boolean differsOnlyIn(String axis, StudyCondition other) {
        return (axis.equals("budget") || budget == other.budget)
                && (axis.equals("examples") || examples == other.examples)
                && (axis.equals("candidates") || candidates == other.candidates);
    }

    /** What of it a method depends on: 0 for the rest. */
    StudyCondition seenBy(StudyMethod method) {
        return new StudyCondition(
                method.usesBudget() ? budget : 0,
                method.usesExamples() ? examples : 0,
                method.usesCandidates() ? candidates : 0);
    }
}
