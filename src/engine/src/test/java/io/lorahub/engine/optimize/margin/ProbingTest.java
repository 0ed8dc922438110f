package io.lorahub.engine.optimize.margin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.optimize.SearchSpace;
import io.lorahub.engine.setting.SettingValues;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Six candidates, see {@link ProbedCandidates}. */
class ProbingTest {

    private static final double ALONE = 2;

    private final Evaluations history = new Evaluations();
    private final SearchSpace space =
            new SearchSpace(6, budget(23), true, new int[ProbedCandidates.TOKENS], weights -> 0, () -> null);
    private final Probing probing = new Probing(space, Margins.tokenShares(space.exampleOfToken()));

    private static SettingValues budget(int evaluations) {
        return SettingValues.NONE.with(SearchSettings.BUDGET, evaluations);
    }

    private void tell(EvaluationRequest query, double loss) {
        tell(query, loss, null);
    }

    private void tell(EvaluationRequest query, double loss, double[] gradient) {
        history.add(query, ProbedCandidates.observation(query, loss, gradient));
    }

    private EvaluationRequest only() {
        List<EvaluationRequest> asked = probing.next(history);
        assertThat(asked).hasSize(1);
        return asked.get(0);
    }

    private void tellOpening() {
        probing.opening().forEach(query -> tell(query, ALONE));
    }

    private static List<Integer> used(EvaluationRequest query) {
        return ProbedCandidates.used(query);
    }

    @Test
    void after_all_candidates_alone_the_best_guess_at_a_pair() {
        tellOpening();
        assertThat(history.size()).isEqualTo(7);
        assertThat(probing.next(history))
                .singleElement()
                .satisfies(q -> assertThat(used(q)).containsExactly(0, 1));
    }

    @ParameterizedTest
    @CsvSource({"8, 6", "7, 3", "6, 2", "9, 6", "100, 6"})
    void all_candidates_are_tried_alone_where_the_budget_pays_for_them_and_a_pair(int budget, int tried) {
        SearchSpace small = new SearchSpace(
                6,
                budget(budget),
                true,
                new int[ProbedCandidates.TOKENS],
                weights -> 0,
                () -> ProbedCandidates.unlike(6));
        List<EvaluationRequest> opening = new Probing(small, Margins.tokenShares(small.exampleOfToken())).opening();
        assertThat(opening).hasSize(1 + tried);
        assertThat(opening.subList(1, opening.size()))
                .allSatisfy(query -> assertThat(used(query)).hasSize(1));
    }

    @Test
    void copies_are_neither_tried_alone_nor_partners() {
        List<EvaluationRequest> opening = few(ProbingTest::copiesOfTwo).opening();
        assertThat(opening).hasSize(3);
        assertThat(opening.stream().flatMap(query -> used(query).stream()).map(i -> i % 2))
                .containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void copies_are_in_no_mix() {
        Probing few = few(ProbingTest::copiesOfTwo);
        assertThat(few.covered()).isEqualTo(2);
        assertThat(IntStream.range(0, 6).filter(few::isOpen).map(i -> i % 2)).containsExactlyInAnyOrder(0, 1);
    }

    /** Candidates with even numbers are the same, and those with odd ones. */
    private static double[][] copiesOfTwo() {
        double[][] products = new double[6][6];
        for (int i = 0; i < 6; i++) for (int j = 0; j < 6; j++) products[i][j] = i % 2 == j % 2 ? 1 : 0;
        return products;
    }

    /** With a budget of five evaluations for six candidates. */
    private Probing few(Supplier<double[][]> products) {
        SearchSpace few = new SearchSpace(6, budget(5), true, new int[ProbedCandidates.TOKENS], weights -> 0, products);
        return new Probing(few, Margins.tokenShares(few.exampleOfToken()));
    }

    @Test
    void a_good_pair_ends_it() {
        tellOpening();
        tell(probing.next(history).get(0), 0.3 * ALONE);
        assertThat(probing.next(history)).isEmpty();
    }

    @Test
    void after_a_bad_pair_the_gradient_at_the_best_single_tells_the_next_partner() {
        tellOpening();
        tell(only(), 1.5 * ALONE);
        EvaluationRequest gradient = only();
        assertThat(gradient.gradient()).isTrue();
        assertThat(used(gradient)).containsExactly(0);
        tell(gradient, ALONE, new double[] {0, 0, 0, 0, -6, 0});
        assertThat(used(only())).containsExactly(0, 4);
    }

    @Test
    void four_bad_pairs_end_it() {
        tellOpening();
        Set<List<Integer>> pairs = new HashSet<>();
        for (int asked = 0; asked < 5; asked++) {
            EvaluationRequest query = only();
            if (!query.gradient()) pairs.add(used(query));
            tell(query, query.gradient() ? ALONE : 1.5 * ALONE, query.gradient() ? new double[6] : null);
        }
        assertThat(pairs).hasSize(4).allSatisfy(pair -> assertThat(pair).hasSize(2));
        assertThat(probing.next(history)).isEmpty();
    }

    @Test
    void the_scales_of_the_best_pair_are_fitted_if_no_pair_is_good() {
        tellOpening();
        EvaluationRequest first = only();
        List<Integer> best = used(first);
        tell(first, 0.6 * ALONE);
        for (int asked = 0; asked < 4; asked++) {
            EvaluationRequest query = only();
            tell(query, ALONE, query.gradient() ? new double[6] : null);
        }
        EvaluationRequest scaled = only();
        assertThat(used(scaled)).isEqualTo(best);
        assertThat(scaled.weights()[best.get(0)]).isBetween(0.6, 1.4).isNotEqualTo(1);
        tell(scaled, 0.5 * ALONE);
        assertThat(probing.next(history)).isEmpty();
    }

    @Test
    void without_gradients_only_pairs_are_asked_for() {
        SearchSpace space =
                new SearchSpace(6, budget(23), false, new int[ProbedCandidates.TOKENS], weights -> 0, () -> null);
        Probing plain = new Probing(space, Margins.tokenShares(space.exampleOfToken()));
        plain.opening().forEach(query -> tell(query, ALONE));
        for (int pair = 0; pair < 4; pair++) {
            EvaluationRequest query = plain.next(history).get(0);
            assertThat(used(query)).hasSize(2);
            assertThat(query.gradient()).isFalse();
            tell(query, 1.5 * ALONE);
        }
        assertThat(plain.next(history)).isEmpty();
    }

    @Test
    void an_objective_that_is_never_a_number_ends() {
        probing.opening().forEach(query -> tell(query, Double.NaN));
        assertThat(probing.next(history)).isEmpty();
    }

    @Test
    void bounds_that_allow_no_candidate_alone_end_it() {
        SearchSpace negative = new SearchSpace(
                6,
                budget(23).with(SearchSettings.UPPER, 0.0),
                true,
                new int[ProbedCandidates.TOKENS],
                weights -> 0,
                () -> null);
        Probing none = new Probing(negative, Margins.tokenShares(negative.exampleOfToken()));
        none.opening().forEach(query -> tell(query, ALONE));
        assertThat(Arrays.stream(history.weights(3)).sum()).isZero();
        for (int asked = 0; asked < 4; asked++) {
            none.next(history).forEach(query -> tell(query, ALONE));
        }
        assertThat(none.next(history)).isEmpty();
    }
}
