package io.lorahub.engine.optimize.margin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.optimize.BudgetedSearch;
import io.lorahub.engine.optimize.Ending;
import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.engine.optimize.Optimizer;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.optimize.SearchSpace;
import io.lorahub.engine.optimize.SyntheticTask;
import io.lorahub.engine.optimize.strategy.Strategy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two groups of layers of 8 candidates. The synthetic task has 16 candidates: the two true ones are the groups of the
 * first candidate, of which only the first is useful if the second does harm.
 */
class LayeredSearchTest {

    private static final int CANDIDATES = 8;
    private static final int GROUPS = 2;

    /** Candidates of the task by the index of a weight; the true ones 0 and 1 are the first groups of two candidates. */
    private static final int[] ORDER = {0, 2, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    private final List<EvaluationRequest> requests = new ArrayList<>();
    private final List<Observation> observations = new ArrayList<>();

    private static SearchSpace space(SyntheticTask task, int budget) {
        SearchSpace all = task.space();
        return new SearchSpace(
                CANDIDATES,
                all.settings().with(SearchSettings.BUDGET, budget),
                all.gradients(),
                all.exampleOfToken(),
                all.regularization(),
                () -> null);
    }

    private static Observation answer(SyntheticTask task, EvaluationRequest request) {
        double[] weights = new double[ORDER.length];
        for (int k = 0; k < weights.length; k++) weights[ORDER[k]] = request.weights()[k];
        Observation observation = task.answer(new EvaluationRequest(weights, request.gradient()));
        double[] gradient = observation.gradient() == null ? null : new double[weights.length];
        for (int k = 0; gradient != null && k < gradient.length; k++)
            gradient[k] = observation.gradient()[ORDER[k]];
        float[][] ofExamples = observation.exampleGradients();
        for (int e = 0; ofExamples != null && e < ofExamples.length; e++) {
            float[] all = ofExamples[e].clone();
            for (int k = 0; k < all.length; k++) ofExamples[e][k] = all[ORDER[k]];
        }
        return new Observation(
                request.weights(),
                observation.objective(),
                observation.loss(),
                observation.tokenLosses(),
                gradient,
                ofExamples);
    }

    private Optimizer search(SyntheticTask task, String strategy, int budget) {
        return search(task, Strategy.named(strategy).start(space(task, budget), GROUPS));
    }

    private Optimizer search(SyntheticTask task, Optimizer optimizer) {
        for (List<EvaluationRequest> asked = optimizer.ask(); !asked.isEmpty(); asked = optimizer.ask()) {
            assertThat(optimizer.ask()).as("asked again").isEqualTo(asked);
            List<Observation> answers =
                    asked.stream().map(request -> answer(task, request)).toList();
            requests.addAll(asked);
            observations.addAll(answers);
            optimizer.tell(answers);
        }
        return optimizer;
    }

    private static boolean isShared(double[] weights) {
        return IntStream.range(0, CANDIDATES).allMatch(i -> weights[2 * i] == weights[2 * i + 1]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"margins", "cma-es", "greedy", "random"})
    void weights_are_shared_first_and_then_freed_for_the_candidates_that_are_left(String strategy) {
        SyntheticTask task = SyntheticTask.of(ORDER.length, 60);
        Optimizer optimizer = search(task, strategy, 60);

        int free = IntStream.range(0, requests.size())
                .filter(i -> !isShared(requests.get(i).weights()))
                .findFirst()
                .orElseThrow();
        double shared = observations.subList(0, free).stream()
                .mapToDouble(Observation::objective)
                .min()
                .orElseThrow();
        Observation answer = observations.get(optimizer.recommended().orElseThrow());
        assertThat(isShared(answer.weights())).isFalse();
        assertThat(answer.objective()).isLessThan(shared);
        // the second groups of the true candidates do harm, so their weights fall behind
        assertThat(answer.weights()[0]).isGreaterThan(answer.weights()[1]);
        assertThat(requests.stream().mapToInt(EvaluationRequest::cost).sum()).isLessThanOrEqualTo(60);
    }

    @Test
    void weights_stay_within_the_bounds_and_those_left_out_stay_out() {
        search(SyntheticTask.of(ORDER.length, 60), "margins", 60);
        int free = IntStream.range(0, requests.size())
                .filter(i -> !isShared(requests.get(i).weights()))
                .findFirst()
                .orElseThrow();
        double[] first = requests.get(free - 1).weights();
        requests.forEach(request -> assertThat(Arrays.stream(request.weights())).allMatch(w -> -1.5 <= w && w <= 1.5));
        requests.subList(free, requests.size()).forEach(request -> {
            for (int k = 0; k < first.length; k++) {
                if (first[k] == 0) assertThat(request.weights()[k]).isZero();
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"3, 4, true", "0, 1, false"})
    void others_enter_a_mix_that_solves_nothing_but_not_one_that_does(int first, int second, boolean enter) {
        SyntheticTask task = SyntheticTask.of(ORDER.length, 30);
        double[] pair = new double[CANDIDATES];
        pair[first] = 1;
        pair[second] = 1;

        search(task, new LayeredSearch(space(task, 30), GROUPS, all -> new OnePoint(all, pair)));

        assertThat(requests).anyMatch(request -> !isShared(request.weights()));
        assertThat(requests)
                .filteredOn(request -> !isShared(request.weights()))
                .allSatisfy(request -> assertThat(IntStream.range(0, CANDIDATES)
                                .filter(i -> pair[i] == 0)
                                .anyMatch(i -> request.weights()[2 * i] != 0))
                        .isEqualTo(enter));
    }

    /** Evaluates the base model and one point. */
    private static final class OnePoint extends BudgetedSearch {

        private final double[] point;

        OnePoint(SearchSpace space, double[] point) {
            super(space);
            this.point = point;
        }

        @Override
        protected List<EvaluationRequest> next() {
            return history.size() > 1 ? List.of() : List.of(EvaluationRequest.of(point));
        }

        @Override
        public OptionalInt recommended() {
            return OptionalInt.of(1);
        }
    }

    @Test
    void no_point_is_evaluated_twice_in_the_same_way() {
        search(SyntheticTask.of(ORDER.length, 90), "greedy", 90);
        assertThat(requests.stream().map(r -> r.gradient() + Arrays.toString(r.weights())))
                .doesNotHaveDuplicates();
        assertThat(requests.stream().filter(EvaluationRequest::gradient).count())
                .isBetween(1L, 10L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 9, 12, 23})
    void small_budgets_are_not_exceeded(int budget) {
        search(SyntheticTask.of(ORDER.length, budget), "margins", budget);
        assertThat(requests.stream().mapToInt(EvaluationRequest::cost).sum()).isBetween(1, budget);
    }

    @Test
    void the_groups_gain_from_a_budget_that_is_large_enough_after_the_single_candidates() {
        assertThat(LayeredSearch.gains(39, 24)).isFalse();
        assertThat(LayeredSearch.gains(40, 24)).isTrue();
        // of more candidates than evaluations, only a part is evaluated alone
        assertThat(LayeredSearch.gains(37, 200)).isFalse();
        assertThat(LayeredSearch.gains(38, 200)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"25, 10", "60, 17"})
    void the_groups_get_a_share_of_the_budget_and_at_least_ten_evaluations(int budget, int expected) {
        search(SyntheticTask.of(ORDER.length, budget), "margins", budget);

        int free = IntStream.range(0, requests.size())
                .filter(i -> !isShared(requests.get(i).weights()))
                .findFirst()
                .orElseThrow();
        int spent = requests.subList(0, free).stream()
                .mapToInt(EvaluationRequest::cost)
                .sum();
        // a gradient at the point that the groups begin with can be theirs
        assertThat(budget - spent).isBetween(expected - EvaluationRequest.GRADIENT_COST, expected + 2);
    }

    @Test
    void a_patient_search_frees_the_groups_after_it_has_settled() {
        SyntheticTask task = SyntheticTask.ending(ORDER.length, 300, Ending.DEFAULT.withPatience(10));
        Optimizer optimizer = search(task, "margins", 300);
        assertThat(optimizer.hasSettled()).isTrue();
        assertThat(requests).anyMatch(request -> !isShared(request.weights()));
        assertThat(requests.stream().mapToInt(EvaluationRequest::cost).sum()).isLessThan(300);
    }

    @Test
    void an_objective_without_gradients_is_refused() {
        SyntheticTask task = SyntheticTask.withoutGradients(ORDER.length, 40);
        assertThatThrownBy(() -> Strategy.named("margins").start(space(task, 40), GROUPS))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("objective loss");
    }
}
