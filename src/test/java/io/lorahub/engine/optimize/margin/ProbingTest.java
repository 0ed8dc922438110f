package io.lorahub.engine.optimize.margin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.optimize.Ending;
import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.engine.optimize.SearchSpace;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Six candidates; 0 and 1 each raise half of the tokens, as far as each shows alone, and the others do nothing. */
class ProbingTest {

    private static final int TOKENS = 8;
    private static final double ALONE = 2;

    private final Evaluations history = new Evaluations();
    private final SearchSpace space =
            new SearchSpace(6, -1.5, 1.5, 23, 42, true, new int[TOKENS], weights -> 0, () -> null, Ending.DEFAULT, 1);
    private final Probing probing = new Probing(space, Margins.tokenShares(space.exampleOfToken()));

    private void tell(EvaluationRequest query, double loss) {
        tell(query, loss, null);
    }

    private void tell(EvaluationRequest query, double loss, double[] gradient) {
        float[] losses = new float[TOKENS];
        for (int t = 0; t < TOKENS; t++) {
            losses[t] = query.weights()[t % 2] > 0 ? 0.01F : 4;
        }
        history.add(query, new Observation(query.weights(), loss, loss, losses, gradient));
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
        return used(query, 6);
    }

    private static List<Integer> used(EvaluationRequest query, int candidates) {
        return IntStream.range(0, candidates)
                .filter(i -> query.weights()[i] != 0)
                .boxed()
                .toList();
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
                6, -1.5, 1.5, budget, 42, true, new int[TOKENS], weights -> 0, () -> unlike(6), Ending.DEFAULT, 1);
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

    @Test
    void the_steepest_candidates_are_tried_alone_if_little_would_be_left_after_all() {
        Probing probing = wide(24, 40);
        double[] slopes =
                IntStream.range(0, 24).mapToDouble(i -> i * 7 % 24 - 12).toArray();

        List<EvaluationRequest> singles = afterGradient(probing, slopes);

        assertThat(singles).hasSize(10); // 40 %
        assertThat(probing.covered()).isEqualTo(24);
        assertThat(singles.stream().map(q -> slopes[used(q, 24).get(0)])).isSorted();
        assertThat(singles.stream().mapToDouble(q -> slopes[used(q, 24).get(0)]))
                .allMatch(slope -> slope < -2);
        assertThat(wide(24, 100).opening()).as("all take a quarter").hasSize(25);
        assertThat(wide(8, 12).opening()).as("there are few").hasSize(9);
    }

    @Test
    void if_none_of_the_steepest_helps_much_the_others_are_tried_too() {
        Probing probing = wide(24, 40);
        List<EvaluationRequest> steepest = afterGradient(probing, new double[24]);
        steepest.forEach(query -> tell(query, 0.7 * ALONE));

        List<EvaluationRequest> rest = probing.next(history);

        assertThat(rest).hasSize(14).noneMatch(EvaluationRequest::gradient);
        assertThat(Stream.concat(steepest.stream(), rest.stream())
                        .map(query -> used(query, 24).get(0)))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 24).boxed().toList());
        rest.forEach(query -> tell(query, 0.7 * ALONE));
        assertThat(used(probing.next(history).get(0), 24)).as("a pair").hasSize(2);
    }

    @Test
    void of_the_others_as_many_are_tried_as_leave_something_for_pairs() {
        Probing probing = wide(24, 27);
        afterGradient(probing, new double[24]).forEach(query -> tell(query, 0.7 * ALONE));
        assertThat(history.spent()).isEqualTo(3 + 10);
        assertThat(probing.next(history)).hasSize(27 - 13 - 4);
    }

    @ParameterizedTest
    @CsvSource({"80, 48", "60, 15"}) // 60 % of the budget, and 40 % of that if fewer than 30 evaluations would be left
    void the_steepest_of_the_representatives_are_tried_alone(int budget, int tried) {
        double[] slopes = IntStream.range(0, 100).mapToDouble(i -> i % 7).toArray();

        List<EvaluationRequest> singles = afterGradient(wide(100, budget), slopes);

        assertThat(singles).hasSize(tried);
        assertThat(singles.stream().map(q -> slopes[used(q, 100).get(0)])).isSorted();
    }

    private static Probing wide(int candidates, int budget) {
        SearchSpace wide = new SearchSpace(
                candidates,
                -1.5,
                1.5,
                budget,
                42,
                true,
                new int[TOKENS],
                weights -> 0,
                () -> unlike(candidates),
                Ending.DEFAULT,
                1);
        return new Probing(wide, Margins.tokenShares(wide.exampleOfToken()));
    }

    /** The single candidates that are asked for once the gradient at the base model is known. */
    private List<EvaluationRequest> afterGradient(Probing probing, double[] slopes) {
        List<EvaluationRequest> opening = probing.opening();
        assertThat(opening).singleElement().satisfies(q -> {
            assertThat(q.gradient()).isTrue();
            assertThat(used(q, slopes.length)).isEmpty();
        });
        tell(opening.get(0), ALONE, slopes);
        return probing.next(history);
    }

    private static double[][] unlike(int count) {
        double[][] products = new double[count][count];
        for (int i = 0; i < count; i++) products[i][i] = 1;
        return products;
    }

    /** Candidates with even numbers are the same, and those with odd ones. */
    private static double[][] copiesOfTwo() {
        double[][] products = new double[6][6];
        for (int i = 0; i < 6; i++) for (int j = 0; j < 6; j++) products[i][j] = i % 2 == j % 2 ? 1 : 0;
        return products;
    }

    /** With a budget of five evaluations for six candidates. */
    private Probing few(Supplier<double[][]> products) {
        SearchSpace few =
                new SearchSpace(6, -1.5, 1.5, 5, 42, true, new int[TOKENS], weights -> 0, products, Ending.DEFAULT, 1);
        return new Probing(few, Margins.tokenShares(few.exampleOfToken()));
    }

    @Test
    void a_candidate_that_the_budget_leaves_out_is_a_partner_if_the_gradient_shows_it() {
        Probing probing = wide(40, 30);
        List<EvaluationRequest> singles = afterGradient(probing, new double[40]);
        singles.forEach(query -> tell(query, 0.5 * ALONE));
        assertThat(history.size()).isEqualTo(1 + 8); // 40 % of the 18 that 60 % of the budget would pay for
        EvaluationRequest gradient = probing.next(history).get(0);
        assertThat(gradient.gradient()).isTrue();
        int left = IntStream.range(0, 40)
                .filter(i -> singles.stream().noneMatch(query -> query.weights()[i] != 0))
                .findFirst()
                .orElseThrow();
        double[] slopes = new double[40];
        slopes[left] = -6;
        tell(gradient, 0.5 * ALONE, slopes);
        assertThat(used(probing.next(history).get(0), 40)).contains(left).hasSize(2);
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
        SearchSpace space = new SearchSpace(
                6, -1.5, 1.5, 23, 42, false, new int[TOKENS], weights -> 0, () -> null, Ending.DEFAULT, 1);
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
        SearchSpace negative =
                new SearchSpace(6, -1.5, 0, 23, 42, true, new int[TOKENS], weights -> 0, () -> null, Ending.DEFAULT, 1);
        Probing none = new Probing(negative, Margins.tokenShares(negative.exampleOfToken()));
        none.opening().forEach(query -> tell(query, ALONE));
        assertThat(Arrays.stream(history.weights(3)).sum()).isZero();
        for (int asked = 0; asked < 4; asked++) {
            none.next(history).forEach(query -> tell(query, ALONE));
        }
        assertThat(none.next(history)).isEmpty();
    }
}
