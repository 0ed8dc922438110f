package io.lorahub.engine.optimize.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Optimizer;
import io.lorahub.engine.optimize.SyntheticTask;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of every strategy. */
class StrategyTest {

    static Stream<String> names() {
        return Strategy.names().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void begins_with_the_base_and_stays_within_bounds_and_budget(String strategy) {
        for (int candidates : new int[] {1, 2, 3, 12, 60}) {
            for (int budget : new int[] {1, 2, 3, 7, 40}) {
                SyntheticTask.Run run = SyntheticTask.of(candidates, budget).search(strategy);
                assertThat(run.queries().get(0).weights()).containsOnly(0);
                assertThat(run.cost()).as("%d candidates", candidates).isBetween(1, budget);
                assertThat(run.queries()).allSatisfy(q -> {
                    assertThat(q.weights()).hasSize(candidates);
                    assertThat(Arrays.stream(q.weights()).map(Math::abs).max().orElseThrow())
                            .isLessThanOrEqualTo(1.5);
                });
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void asks_the_same_of_the_same_answers(String strategy) {
        SyntheticTask.Run first = SyntheticTask.of(6, 30).search(strategy);
        SyntheticTask.Run second = SyntheticTask.of(6, 30).search(strategy);
        assertThat(points(second)).isEqualTo(points(first));
    }

    @ParameterizedTest
    @MethodSource("names")
    void goes_on_from_any_part_of_a_log(String strategy) {
        SyntheticTask task = SyntheticTask.of(5, 24);
        SyntheticTask.Run whole = task.search(strategy);
        Optimizer resumed = Strategy.named(strategy).start(task.space());
        int at = 0;
        for (List<EvaluationRequest> asked = resumed.ask(); !asked.isEmpty(); asked = resumed.ask()) {
            assertThat(resumed.ask()).as("asking twice changes nothing").isEqualTo(asked);
            for (int i = 0; i < asked.size(); i++) {
                assertThat(asked.get(i).weights())
                        .isEqualTo(whole.queries().get(at + i).weights());
            }
            resumed.tell(whole.observations().subList(at, at + asked.size()));
            at += asked.size();
        }
        assertThat(at).isEqualTo(whole.queries().size());
    }

    @ParameterizedTest
    @MethodSource("names")
    void survives_answers_that_are_not_numbers(String strategy) {
        SyntheticTask task = SyntheticTask.broken(6, 30);
        SyntheticTask.Run run = task.search(strategy);
        assertThat(run.cost()).isLessThanOrEqualTo(30);
        assertThat(run.best()).isLessThanOrEqualTo(task.objective(new double[6]));
    }

    @ParameterizedTest
    @MethodSource("names")
    void finds_something_better_than_the_base_without_token_losses(String strategy) {
        if (strategy.equals("lbfgs")) {
            return;
        }
        SyntheticTask task = SyntheticTask.withoutTokens(3, 60);
        assertThat(task.search(strategy).best()).isLessThan(0.7 * task.objective(new double[3]));
    }

    @Test
    void only_lbfgs_needs_gradients() {
        assertThatThrownBy(() -> SyntheticTask.withoutTokens(3, 60).search("lbfgs"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("needs gradients");
    }

    @Test
    void the_default_searches_without_token_losses_like_greedy() {
        SyntheticTask task = SyntheticTask.withoutTokens(5, 30);
        assertThat(points(task.search(Strategy.DEFAULT))).isEqualTo(points(task.search("greedy")));
    }

    @Test
    void an_unknown_name_is_answered_with_the_known_ones() {
        assertThatThrownBy(() -> Strategy.named("ngopt"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("cma-es");
    }

    private static List<List<Double>> points(SyntheticTask.Run run) {
        return run.queries().stream()
                .map(q -> Arrays.stream(q.weights()).boxed().toList())
                .toList();
    }
}
