package io.lorahub.bench.search;

import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.export.ExportOptions;
import java.util.List;
import java.util.Optional;

/**
 * Which runs to make: every combination.
 *
 * @param draws few-shot draws of each task
 * @param crowd other adapters that the hub's are hidden among; made from the first seed
 * @param controls whether to measure the controls of each task and draw too
 * @param written how each mix is written and read back; empty: none is written
 * @param settings of all runs, but for strategy, budget and seed
 */
record SearchPlan(
        List<String> strategies,
        List<Integer> budgets,
        List<DemoTask> tasks,
        List<Integer> draws,
        List<Long> seeds,
        int crowd,
        boolean controls,
        Optional<ExportOptions> written,
        LearningSettings settings) {

    int runs() {
        return strategies.size() * budgets.size() * tasks.size() * draws.size() * seeds.size();
    }
}
