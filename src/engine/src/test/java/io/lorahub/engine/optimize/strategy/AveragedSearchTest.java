package io.lorahub.engine.optimize.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.optimize.Ending;
import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.engine.optimize.Optimizer;
import io.lorahub.engine.optimize.SyntheticTask;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AveragedSearchTest {

    private static final Ending MEAN = Ending.DEFAULT.withAverage(3);

    private static SyntheticTask.Run run(Optimizer optimizer, SyntheticTask task) {
        return task.search(optimizer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"margins", "pairs", "cma-es", "random", "lbfgs"})
    void the_last_evaluation_is_the_mean_of_the_best_points(String strategy) {
        SyntheticTask task = SyntheticTask.ending(10, 50, MEAN);
        Optimizer optimizer = Strategy.named(strategy).start(task.space());
        SyntheticTask.Run run = run(optimizer, task);
        SyntheticTask without = SyntheticTask.of(10, 49);
        Optimizer alone = Strategy.named(strategy).start(without.space());
        SyntheticTask.Run shorter = run(alone, without);

        int last = shorter.queries().size();
        assertThat(run.queries()).hasSize(last + 1);
        assertThat(run.queries().subList(0, last)).usingRecursiveComparison().isEqualTo(shorter.queries());
        assertThat(run.cost()).isLessThanOrEqualTo(50);
        int answer = alone.recommended().orElseGet(() -> lowest(shorter.observations()));
        List<Observation> best = shorter.observations().stream()
                .sorted(Comparator.comparingDouble(Observation::objective))
                .limit(3)
                .toList();
        for (int i = 0; i < 10; i++) {
            int at = i;
            double mean =
                    best.stream().mapToDouble(o -> o.weights()[at]).average().orElseThrow();
            boolean used = shorter.observations().get(answer).weights()[i] != 0;
            assertThat(run.queries().get(last).weights()[i]).isCloseTo(used ? mean : 0, within(1e-12));
        }
        double objective = run.observations().get(last).objective();
        double before = shorter.observations().get(answer).objective();
        assertThat(optimizer.recommended()).hasValue(objective <= 1.05 * before + 0.0003 ? last : answer);
    }

    private static int lowest(List<Observation> observations) {
        int lowest = 0;
        for (int i = 1; i < observations.size(); i++) {
            if (observations.get(i).objective() < observations.get(lowest).objective()) lowest = i;
        }
        return lowest;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 3", "7, 7"})
    void small_budgets_are_not_exceeded(int budget, int most) {
        SyntheticTask task = SyntheticTask.ending(4, budget, MEAN);
        assertThat(task.search("margins").cost()).isBetween(1, most);
    }

    @Test
    void without_it_a_search_is_as_it_was() {
        SyntheticTask task = SyntheticTask.of(10, 50);
        assertThat(task.search("margins").queries())
                .usingRecursiveComparison()
                .isEqualTo(SyntheticTask.ending(10, 50, Ending.DEFAULT)
                        .search("margins")
                        .queries());
        assertThat(task.search("margins").queries().stream()
                        .mapToInt(EvaluationRequest::cost)
                        .sum())
                .isEqualTo(50);
    }

    @Test
    void a_mean_of_one_point_is_refused() {
        assertThatThrownBy(() -> Ending.DEFAULT.withAverage(1))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("at least two points");
    }
}
