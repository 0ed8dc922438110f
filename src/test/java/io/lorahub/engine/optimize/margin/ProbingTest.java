package io.lorahub.engine.optimize.margin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.engine.optimize.SearchSpace;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Six candidates; 0 and 1 lift one half of the tokens each, as far as they tell alone, and all others do nothing. */
class ProbingTest {

    private static final int TOKENS = 8;
    private static final double ALONE = 2;

    private final Evaluations history = new Evaluations();
    private final SearchSpace space =
            new SearchSpace(6, -1.5, 1.5, 23, 42, true, new int[TOKENS], weights -> 0, () -> null);
    private final Probing probing = new Probing(space, Margins.tokenShares(space.exampleOfToken()));

    private void tell(EvaluationRequest query, double loss) {
        float[] losses = new float[TOKENS];
        for (int t = 0; t < TOKENS; t++) {
            losses[t] = query.weights()[t % 2] > 0 ? 0.01F : 4;
        }
        history.add(query, new Observation(query.weights(), loss, loss, losses, null));
    }

    private void tellOpening() {
        probing.opening().forEach(query -> tell(query, ALONE));
    }

    private static List<Integer> used(EvaluationRequest query) {
        return IntStream.range(0, 6)
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
        SearchSpace small =
                new SearchSpace(6, -1.5, 1.5, budget, 42, true, new int[TOKENS], weights -> 0, ProbingTest::alike);
        List<EvaluationRequest> opening = new Probing(small, Margins.tokenShares(small.exampleOfToken())).opening();
        assertThat(opening).hasSize(1 + tried);
        assertThat(opening.subList(1, opening.size()))
                .allSatisfy(query -> assertThat(used(query)).hasSize(1));
    }

    private static double[][] alike() {
        return new double[6][6];
    }

    @Test
    void a_good_pair_ends_it() {
        tellOpening();
        tell(probing.next(history).get(0), 0.3 * ALONE);
        assertThat(probing.next(history)).isEmpty();
    }

    @Test
    void after_a_bad_pair_the_next_best_guesses_three_in_all() {
        tellOpening();
        for (int pair = 0; pair < 3; pair++) {
            List<EvaluationRequest> asked = probing.next(history);
            assertThat(asked).hasSize(1);
            assertThat(used(asked.get(0))).hasSize(2);
            assertThat(history.find(asked.get(0).weights())).isEmpty();
            tell(asked.get(0), 1.5 * ALONE);
        }
        assertThat(probing.next(history)).isEmpty();
    }

    @Test
    void an_objective_that_is_never_a_number_ends() {
        probing.opening().forEach(query -> tell(query, Double.NaN));
        tell(probing.next(history).get(0), Double.NaN);
        assertThat(probing.next(history)).isEmpty();
    }

    @Test
    void bounds_that_allow_no_candidate_alone_end_it() {
        SearchSpace negative = new SearchSpace(6, -1.5, 0, 23, 42, true, new int[TOKENS], weights -> 0, () -> null);
        Probing none = new Probing(negative, Margins.tokenShares(negative.exampleOfToken()));
        none.opening().forEach(query -> tell(query, ALONE));
        assertThat(Arrays.stream(history.weights(3)).sum()).isZero();
        for (int asked = 0; asked < 4; asked++) {
            none.next(history).forEach(query -> tell(query, ALONE));
        }
        assertThat(none.next(history)).isEmpty();
    }
}
