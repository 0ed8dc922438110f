package io.lorahub.engine.optimize.margin;

import static io.lorahub.engine.optimize.margin.ProbedCandidates.used;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Evaluations;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.optimize.SearchSpace;
import io.lorahub.engine.setting.SettingValues;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which candidates {@link Probing} tries alone if little would be left after all; see {@link ProbedCandidates}. */
class SteepestCandidatesTest {

    private static final double ALONE = 2;

    private final Evaluations history = new Evaluations();

    private void tell(EvaluationRequest query, double loss) {
        tell(query, loss, null);
    }

    private void tell(EvaluationRequest query, double loss, double[] gradient) {
        history.add(query, ProbedCandidates.observation(query, loss, gradient));
    }

    @Test
    void the_steepest_candidates_are_tried_alone_if_little_would_be_left_after_all() {
        Probing probing = wide(24, 40);
        double[] slopes =
                IntStream.range(0, 24).mapToDouble(i -> i * 7 % 24 - 12).toArray();

        List<EvaluationRequest> first = afterGradient(probing, slopes);
        assertThat(first).hasSize(4);
        first.forEach(query -> tell(query, 0.31 * ALONE));
        List<EvaluationRequest> singles = new ArrayList<>(first);
        singles.addAll(oneByOne(probing, 0.31 * ALONE));

        assertThat(singles).hasSize(10); // 40 %
        assertThat(probing.covered()).isEqualTo(24);
        assertThat(singles.stream().map(q -> slopes[used(q).get(0)])).isSorted();
        assertThat(singles.stream().mapToDouble(q -> slopes[used(q).get(0)])).allMatch(slope -> slope < -2);
        assertThat(wide(24, 100).opening()).as("all take a quarter").hasSize(25);
        assertThat(wide(8, 12).opening()).as("there are few").hasSize(9);
    }

    @Test
    void no_further_candidate_is_tried_alone_once_one_helps_much() {
        Probing probing = wide(24, 40);
        double[] slopes = IntStream.range(0, 24).mapToDouble(i -> i).toArray();
        afterGradient(probing, slopes).forEach(query -> tell(query, 0.5 * ALONE));
        EvaluationRequest fifth = probing.next(history).get(0);
        assertThat(used(fifth)).containsExactly(4);
        tell(fifth, 0.3 * ALONE);

        EvaluationRequest next = probing.next(history).get(0);

        assertThat(next.gradient()).isTrue();
        assertThat(used(next)).containsExactly(4);
        tell(next, 0.3 * ALONE, slopes);
        assertThat(used(probing.next(history).get(0))).as("a pair").hasSize(2);
    }

    @Test
    void as_many_are_tried_at_once_as_points_are_proposed() {
        Probing probing = wide(24, 40, 4);
        afterGradient(probing, new double[24]).forEach(query -> tell(query, 0.5 * ALONE));
        List<EvaluationRequest> more = probing.next(history);
        assertThat(more).hasSize(4);
        more.forEach(query -> tell(query, 0.5 * ALONE));
        assertThat(probing.next(history)).hasSize(2);
    }

    @Test
    void if_none_of_the_steepest_helps_much_the_others_are_tried_too() {
        Probing probing = wide(24, 40);
        List<EvaluationRequest> steepest = new ArrayList<>(afterGradient(probing, new double[24]));
        steepest.forEach(query -> tell(query, 0.7 * ALONE));
        steepest.addAll(oneByOne(probing, 0.7 * ALONE));

        List<EvaluationRequest> rest = probing.next(history);

        assertThat(steepest).hasSize(10);
        assertThat(rest).hasSize(14).noneMatch(EvaluationRequest::gradient);
        assertThat(Stream.concat(steepest.stream(), rest.stream())
                        .map(query -> used(query).get(0)))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 24).boxed().toList());
        rest.forEach(query -> tell(query, 0.7 * ALONE));
        assertThat(used(probing.next(history).get(0))).as("a pair").hasSize(2);
    }

    @Test
    void of_the_others_as_many_are_tried_as_leave_something_for_pairs() {
        Probing probing = wide(24, 27);
        afterGradient(probing, new double[24]).forEach(query -> tell(query, 0.7 * ALONE));
        oneByOne(probing, 0.7 * ALONE);
        assertThat(history.spent()).isEqualTo(3 + 10);
        assertThat(probing.next(history)).hasSize(27 - 13 - 4);
    }

    @ParameterizedTest
    @CsvSource({"80, 48", "60, 15"}) // 60 % of the budget, and 40 % of that if fewer than 30 evaluations would be left
    void the_steepest_of_the_representatives_are_tried_alone(int budget, int tried) {
        double[] slopes = IntStream.range(0, 100).mapToDouble(i -> i % 7).toArray();

        Probing probing = wide(100, budget);
        List<EvaluationRequest> singles = new ArrayList<>(afterGradient(probing, slopes));
        singles.forEach(query -> tell(query, 0.5 * ALONE));
        if (singles.size() == 4) singles.addAll(oneByOne(probing, 0.5 * ALONE));

        assertThat(singles).hasSize(tried);
        assertThat(singles.stream().map(q -> slopes[used(q).get(0)])).isSorted();
    }

    @Test
    void a_candidate_that_the_budget_leaves_out_is_a_partner_if_the_gradient_shows_it() {
        Probing probing = wide(40, 30);
        List<EvaluationRequest> singles = new ArrayList<>(afterGradient(probing, new double[40]));
        singles.forEach(query -> tell(query, 0.5 * ALONE));
        singles.addAll(oneByOne(probing, 0.5 * ALONE));
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
        assertThat(used(probing.next(history).get(0))).contains(left).hasSize(2);
    }

    /** The candidates after the first four, of which none helps enough. */
    private List<EvaluationRequest> oneByOne(Probing probing, double loss) {
        List<EvaluationRequest> singles = new ArrayList<>();
        int most = (int) Math.ceil(0.4 * probing.covered()) - 4;
        while (singles.size() < most) {
            EvaluationRequest next = probing.next(history).get(0);
            tell(next, loss);
            singles.add(next);
        }
        return singles;
    }

    private static Probing wide(int candidates, int budget) {
        return wide(candidates, budget, 1);
    }

    private static Probing wide(int candidates, int budget, int population) {
        SearchSpace wide = new SearchSpace(
                candidates,
                SettingValues.NONE.with(SearchSettings.BUDGET, budget).with(SearchSettings.POPULATION, population),
                true,
                new int[ProbedCandidates.TOKENS],
                weights -> 0,
                () -> ProbedCandidates.unlike(candidates));
        return new Probing(wide, Margins.tokenShares(wide.exampleOfToken()));
    }

    /** The single candidates that are asked for once the gradient at the base model is known. */
    private List<EvaluationRequest> afterGradient(Probing probing, double[] slopes) {
        List<EvaluationRequest> opening = probing.opening();
        assertThat(opening).singleElement().satisfies(q -> {
            assertThat(q.gradient()).isTrue();
            assertThat(used(q)).isEmpty();
        });
        tell(opening.get(0), ALONE, slopes);
        return probing.next(history);
    }
}
