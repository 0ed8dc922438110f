package io.lorahub.bench.study;

import io.lorahub.demo.DemoTask;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What to measure. Budgets, numbers of examples and of candidates vary one at a time: the others keep their first value.
 *
 * @param family the folder of the tasks, or the demo
 */
record StudyPlan(
        String family,
        List<DemoTask> tasks,
        List<Integer> draws,
        List<Integer> budgets,
        List<Integer> examples,
        List<Integer> candidates) {

    List<StudyCondition> conditions() {
        int budget = budgets.get(0);
        int few = examples.get(0);
        int all = candidates.get(0);
        Set<StudyCondition> conditions = new LinkedHashSet<>();
        budgets.forEach(b -> conditions.add(new StudyCondition(b, few, all)));
        examples.forEach(e -> conditions.add(new StudyCondition(budget, e, all)));
        candidates.forEach(c -> conditions.add(new StudyCondition(budget, few, c)));
        return List.copyOf(conditions);
    }
}
