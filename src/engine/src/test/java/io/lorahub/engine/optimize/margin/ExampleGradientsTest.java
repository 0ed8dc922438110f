package io.lorahub.engine.optimize.margin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.engine.optimize.Optimizer;
import io.lorahub.engine.optimize.SyntheticTask;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Steps of a {@link MarginSearch} with gradients per example and with their mean. */
class ExampleGradientsTest {

    @Test
    void each_step_has_its_gradients_if_they_are_known_per_example() {
        SyntheticTask task = SyntheticTask.of(6, 40);
        List<EvaluationRequest> each = steps(task, task::answer);
        List<EvaluationRequest> every = steps(task, q -> SyntheticTask.withMeanOnly(task.answer(q)));

        // but for the last points, which are robust or sparser ones, and what the budget does not pay for
        assertThat(each.stream().filter(EvaluationRequest::gradient).count()).isGreaterThan(each.size() / 2);
        assertThat(IntStream.range(1, every.size() - 1))
                .noneMatch(i -> every.get(i).gradient() && every.get(i + 1).gradient());
        assertThat(every).anyMatch(EvaluationRequest::gradient);
    }

    /** What is asked for after the first gradient. */
    private static List<EvaluationRequest> steps(SyntheticTask task, Function<EvaluationRequest, Observation> model) {
        List<EvaluationRequest> all = new ArrayList<>();
        Optimizer search = new MarginSearch(task.space());
        for (List<EvaluationRequest> asked = search.ask(); !asked.isEmpty(); asked = search.ask()) {
            all.addAll(asked);
            search.tell(asked.stream().map(model).toList());
        }
        int first = IntStream.range(0, all.size())
                .filter(i -> all.get(i).gradient())
                .findFirst()
                .orElseThrow();
        return all.subList(first + 1, all.size());
    }

    @Test
    void a_log_with_mean_gradients_is_continued_with_gradients_per_example() {
        SyntheticTask task = SyntheticTask.of(20, 60);
        int[] answered = {0};
        List<EvaluationRequest> steps =
                steps(task, q -> answered[0]++ < 20 ? SyntheticTask.withMeanOnly(task.answer(q)) : task.answer(q));
        assertThat(steps).isNotEmpty();
        assertThat(steps.stream()
                        .mapToDouble(q -> task.objective(q.weights()))
                        .min()
                        .orElseThrow())
                .isLessThan(1.3 * MarginSearchTest.optimum(task) + 0.005);
    }
}
