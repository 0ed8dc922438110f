package io.lorahub.engine.optimize.margin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.optimize.Ending;
import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.engine.optimize.Optimizer;
import io.lorahub.engine.optimize.SearchSpace;
import io.lorahub.engine.optimize.SyntheticTask;
import io.lorahub.engine.optimize.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarginSearchTest {

    /** The optimum, from a long run of L-BFGS on the split, convex objective itself. */
    static double optimum(SyntheticTask task) {
        SearchSpace space = task.space();
        Penalty penalty = new Penalty(space);
        double[] weights = new SparseMinimizer(space, 2000)
                .minimize(
                        (point, gradient) -> {
                            Observation observation = task.answer(EvaluationRequest.withGradient(point));
                            System.arraycopy(
                                    Vectors.minus(observation.gradient(), penalty.gradient(point)),
                                    0,
                                    gradient,
                                    0,
                                    gradient.length);
                            return observation.loss();
                        },
                        space.zero());
        return task.objective(weights);
    }

    @Test
    void comes_near_the_optimum_with_half_of_the_budget_left_after_the_singles() {
        SyntheticTask task = SyntheticTask.of(20, 40);
        assertThat(task.search("margins").best()).isLessThan(1.1 * optimum(task) + 0.002);
    }

    @Test
    void after_single_candidates_it_asks_for_the_gradient_at_the_best_point() {
        SyntheticTask.Run run = SyntheticTask.of(20, 40).search("margins");
        int first = IntStream.range(1, run.queries().size())
                .filter(i -> run.queries().get(i).gradient())
                .findFirst()
                .orElseThrow();
        double best = run.observations().stream()
                .limit(first)
                .mapToDouble(Observation::objective)
                .min()
                .orElseThrow();
        assertThat(run.observations().get(first).objective()).isEqualTo(best);
    }

    @Test
    void the_gradient_at_another_pair_follows_if_the_best_pair_is_doubtful() {
        List<Set<Integer>> doubtful = pairsWithGradient(hard(20, 100));
        assertThat(doubtful).hasSize(2).doesNotHaveDuplicates();
        assertThat(pairsWithGradient(hard(20, 45)))
                .as("too few evaluations left")
                .hasSizeLessThan(2);
        assertThat(pairsWithGradient(SyntheticTask.of(20, 100).search("margins")))
                .as("a good pair")
                .hasSizeLessThan(2);
    }

    /** A search whose best pair still has a loss above 1. */
    private static SyntheticTask.Run hard(int candidates, int budget) {
        SearchSpace like = SyntheticTask.of(candidates, budget).space();
        MarginSearch search = new MarginSearch(like);
        SyntheticTask.Run run = new SyntheticTask.Run(new ArrayList<>(), new ArrayList<>());
        for (List<EvaluationRequest> asked = search.ask(); !asked.isEmpty(); asked = search.ask()) {
            List<Observation> answers =
                    asked.stream().map(request -> hard(like, request)).toList();
            run.queries().addAll(asked);
            run.observations().addAll(answers);
            search.tell(answers);
        }
        return run;
    }

    /** Each candidate raises the margins of all tokens a little, the first ones more. */
    private static Observation hard(SearchSpace space, EvaluationRequest request) {
        double[] weights = request.weights();
        double[] gradient = new Penalty(space).gradient(weights);
        double margin = -6;
        for (int i = 0; i < weights.length; i++) margin += 2.0 / (1 + i) * weights[i];
        for (int i = 0; i < weights.length; i++) gradient[i] += Margins.slope(margin) * 2.0 / (1 + i);
        float[] losses = new float[space.exampleOfToken().length];
        Arrays.fill(losses, (float) Margins.loss(margin));
        return new Observation(
                weights,
                losses[0] + space.regularization().applyAsDouble(weights),
                losses[0],
                losses,
                request.gradient() ? gradient : null);
    }

    /** The candidates of each point with two weights whose gradient was asked for. */
    private static List<Set<Integer>> pairsWithGradient(SyntheticTask.Run run) {
        return run.queries().stream()
                .filter(query -> query.gradient() && Elimination.support(query.weights()) == 2)
                .map(query -> IntStream.range(0, query.weights().length)
                        .filter(i -> query.weights()[i] != 0)
                        .boxed()
                        .collect(Collectors.toSet()))
                .toList();
    }

    @Test
    void comes_near_the_optimum_without_gradients() {
        SyntheticTask task = SyntheticTask.withoutGradients(20, 40);
        SyntheticTask.Run run = task.search("margins");
        assertThat(run.queries()).noneMatch(EvaluationRequest::gradient);
        assertThat(run.best()).isLessThan(1.2 * optimum(task) + 0.002);
    }

    @Test
    void more_candidates_than_budget() {
        SyntheticTask task = SyntheticTask.of(150, 60);
        SyntheticTask.Run run = task.search("margins");
        assertThat(run.cost()).isEqualTo(60);
        assertThat(run.best()).isLessThan(0.5 * task.objective(new double[150]));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8})
    void the_budget_for_sparser_forms_is_spent_if_none_is_found(int candidates) {
        assertThat(SyntheticTask.of(candidates, 60).search("margins").cost()).isEqualTo(60);
    }

    @Test
    void elimination_leaves_fewer_weights_than_the_lasso_and_costs_as_little() {
        SyntheticTask eliminated = SyntheticTask.ending(20, 80, Ending.DEFAULT.withPruning(Ending.Pruning.ELIMINATION));
        SyntheticTask lasso = SyntheticTask.ending(20, 80, Ending.DEFAULT.withPruning(Ending.Pruning.LASSO));
        Observation sparse = answer(eliminated);
        Observation dense = answer(lasso);
        assertThat(Elimination.support(sparse.weights())).isLessThanOrEqualTo(Elimination.support(dense.weights()));
        assertThat(sparse.objective()).isLessThanOrEqualTo(1.05 * dense.objective() + 0.001);
    }

    private static Observation answer(SyntheticTask task) {
        MarginSearch search = new MarginSearch(task.space());
        SyntheticTask.Run run = task.search(search);
        return run.observations().get(search.recommended().orElseThrow());
    }

    @Test
    void a_search_without_patience_for_more_ends_and_still_prunes() {
        SyntheticTask task = SyntheticTask.ending(20, 200, Ending.DEFAULT.withPatience(10));
        MarginSearch search = new MarginSearch(task.space());
        SyntheticTask.Run run = task.search(search);
        assertThat(search.hasSettled()).isTrue();
        assertThat(run.cost()).isBetween(31, 120);
        assertThat(search.recommended()).isPresent();
        assertThat(run.best()).isLessThan(1.1 * optimum(task) + 0.002);
    }

    @Test
    void a_patience_that_is_not_spent_changes_nothing() {
        SyntheticTask.Run without = SyntheticTask.of(20, 40).search("margins");
        SyntheticTask.Run with =
                SyntheticTask.ending(20, 40, Ending.DEFAULT.withPatience(40)).search("margins");
        assertThat(with.best()).isEqualTo(without.best());
        assertThat(with.cost()).isEqualTo(without.cost());
    }

    @Test
    void beats_the_general_methods() {
        SyntheticTask task = SyntheticTask.of(20, 40);
        double best = task.search("margins").best();
        assertThat(List.of("cma-es", "nelder-mead", "bobyqa", "random"))
                .allSatisfy(other -> assertThat(task.search(other).best()).isGreaterThan(best));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void several_points_at_once_stay_within_the_budget_and_near_the_optimum(int population) {
        SyntheticTask task = SyntheticTask.of(20, 60);
        SearchSpace space = task.space().withPopulation(population);
        List<Integer> steps = new ArrayList<>();
        SyntheticTask.Run run = task.search(recorded(new MarginSearch(space), steps));
        assertThat(run.cost()).isEqualTo(60);
        assertThat(run.best()).isLessThan(1.3 * optimum(task) + 0.005);
        assertThat(steps.get(0)).isEqualTo(21);
        assertThat(steps.subList(1, steps.size())).contains(population).allMatch(points -> points <= population);
        assertThat(run.queries().stream()
                        .map(query -> Arrays.toString(query.weights()))
                        .distinct()
                        .count())
                .as("no point twice, but for a gradient")
                .isGreaterThanOrEqualTo(run.queries().size() - 2);

        List<String> again = task.search(new MarginSearch(space)).queries().stream()
                .map(query -> Arrays.toString(query.weights()))
                .toList();
        assertThat(run.queries())
                .extracting(query -> Arrays.toString(query.weights()))
                .isEqualTo(again);
    }

    /** Notes how many points are asked for at once. */
    private static Optimizer recorded(Optimizer search, List<Integer> steps) {
        return new Optimizer() {
            @Override
            public List<EvaluationRequest> ask() {
                List<EvaluationRequest> asked = search.ask();
                if (!asked.isEmpty()) steps.add(asked.size());
                return asked;
            }

            @Override
            public void tell(List<Observation> observations) {
                search.tell(observations);
            }
        };
    }

    @Test
    void useless_candidates_do_no_harm() {
        SyntheticTask task = SyntheticTask.of(20, 40);
        SearchSpace useless = withoutTheTrueOnes(task.space());
        List<Observation> all = new ArrayList<>();
        Optimizer search = new MarginSearch(useless);
        for (List<EvaluationRequest> asked = search.ask(); !asked.isEmpty(); asked = search.ask()) {
            List<Observation> answers = asked.stream()
                    .map(q -> task.answer(new EvaluationRequest(padded(q.weights()), q.gradient())))
                    .map(o -> new Observation(
                            cut(o.weights()),
                            o.objective(),
                            o.loss(),
                            o.tokenLosses(),
                            o.gradient() == null ? null : cut(o.gradient())))
                    .toList();
            all.addAll(answers);
            search.tell(answers);
        }
        double[] best = all.stream()
                .min(java.util.Comparator.comparingDouble(Observation::objective))
                .orElseThrow()
                .weights();
        assertThat(Arrays.stream(best).map(Math::abs).max().orElseThrow()).isLessThan(1.51);
        assertThat(all.stream().mapToDouble(Observation::objective).min().orElseThrow())
                .isLessThanOrEqualTo(task.objective(new double[20]));
    }

    private static SearchSpace withoutTheTrueOnes(SearchSpace space) {
        return new SearchSpace(
                space.dimension() - 2,
                space.settings(),
                space.gradients(),
                space.exampleOfToken(),
                w -> space.regularization().applyAsDouble(padded(w)),
                () -> null);
    }

    private static double[] padded(double[] weights) {
        double[] padded = new double[weights.length + 2];
        System.arraycopy(weights, 0, padded, 2, weights.length);
        return padded;
    }

    private static double[] cut(double[] weights) {
        return Arrays.copyOfRange(weights, 2, weights.length);
    }
}
