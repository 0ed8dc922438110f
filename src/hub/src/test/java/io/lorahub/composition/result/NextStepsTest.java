package io.lorahub.composition.result;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunResult.Tried;
import io.lorahub.composition.RunSize;
import io.lorahub.composition.RunSpec;
import io.lorahub.engine.learning.Example;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the page advises follows from the run's own figures. */
class NextStepsTest {

    private static final RunSize MEMBER = new RunSize(50, 64, 1000, 4000, 1000, 200);
    private static final RunSize VISITOR = new RunSize(24, 10, 100, 500, 50, 0);

    private static final List<Example> EXAMPLES =
            List.of(new Example("lock", "relocked"), new Example("fold", "refolded"));
    private static final List<Example> HELD_OUT = List.of(new Example("pack", "repacked"));

    private final CompositionRun run = new CompositionRun();
    private final RunResult result = new RunResult();
    private List<Example> heldOut = HELD_OUT;

    /** @param said for the examples of the search */
    private Optional<NextSteps> next(int budget, long others, RunSize own, String... said) {
        run.id = UUID.randomUUID();
        run.spec = RunSpec.of(EXAMPLES, heldOut).withBudget(budget);
        run.predictions = new ObjectMapper().valueToTree(said);
        List<String> predictions = heldOut.isEmpty() ? List.of(said) : List.of("packed");
        RunResult.Share share = heldOut.isEmpty() ? null : new RunResult.Share(0, 0, 0, 30, 1, 0, 0);
        result.base = result.uniform = new Tried("base", 9, 9, share, predictions);
        result.bestSingle = new Tried("demo/re", 5, 5, share, predictions);
        result.composed = new Tried("composed", 4, 4, share, predictions);
        result.weights = Map.of();
        result.secondsPerEvaluation = 0.5;
        ResultView view = new ResultView(
                run,
                result,
                Optional.empty(),
                ResultView.ResultVerdict.of(run.spec, result),
                List.of(),
                List.of(),
                0.5);
        return NextSteps.of(view, 1000, own, () -> others);
    }

    @Test
    void a_search_that_has_not_fitted_its_examples_can_have_more_evaluations_and_candidates() {
        NextSteps next = next(40, 7, MEMBER, "relocked", "folded").orElseThrow();

        assertThat(next.budget()).isEqualTo(100);
        assertThat(next.mayRun()).isTrue();
        assertThat(next.time()).hasSeconds(50);
        assertThat(next.others()).isEqualTo(7);
        assertThat(next.isOver()).isFalse();
        assertThat(next.isMoreExamples()).isFalse();
        assertThat(next(40, 7, VISITOR, "relocked", "folded").orElseThrow().mayRun())
                .isFalse();
    }

    @Test
    void a_search_that_has_fitted_its_examples_can_only_have_more_of_them() {
        NextSteps next = next(40, 7, MEMBER, "relocked", "refolded").orElseThrow();

        assertThat(next.budget()).isZero();
        assertThat(next.others()).isZero();
        assertThat(next.isMoreExamples()).isTrue();
        assertThat(next.isOver()).isFalse();
    }

    @Test
    void nothing_is_worth_a_try_once_all_adapters_were_candidates_and_none_of_the_examples_is_right() {
        assertThat(next(40, 0, MEMBER, "locked", "folded").orElseThrow().isOver())
                .isFalse();
        assertThat(next(100, 0, MEMBER, "relocked", "folded").orElseThrow().isOver())
                .isFalse();
        assertThat(next(100, 3, MEMBER, "locked", "folded").orElseThrow().isOver())
                .isFalse();

        assertThat(next(100, 0, MEMBER, "locked", "folded").orElseThrow().isOver())
                .isTrue();
        assertThat(next(1000, 0, MEMBER, "relocked", "folded").orElseThrow().isOver())
                .isTrue();
    }

    @Test
    void a_search_that_stopped_improving_gets_no_larger_budget() {
        result.settled = true;

        assertThat(next(40, 3, MEMBER, "relocked", "folded").orElseThrow().budget())
                .isZero();
        assertThat(next(40, 0, MEMBER, "relocked", "folded").orElseThrow().isOver())
                .isTrue();
    }

    @Test
    void a_search_that_was_ended_before_its_budget_was_spent_can_go_on() {
        result.interrupted = true;
        result.evaluations = 12;
        NextSteps next = next(40, 7, VISITOR, "relocked", "folded").orElseThrow();

        assertThat(next.budget()).isEqualTo(40);
        assertThat(next.mayRun()).isTrue();
        assertThat(next.view().verdict().text()).contains("had 12 of 40 evaluations when its owner ended it.");
    }

    @Test
    void outputs_that_are_longer_than_predictions_need_longer_ones_first() {
        result.cutOff = 300;
        NextSteps next = next(40, 7, MEMBER, "relocked", "folded").orElseThrow();

        assertThat(next.isCutOff()).isTrue();
        assertThat(next.budget()).isZero();
        assertThat(next.others()).isZero();
        assertThat(next.refineSteps()).isZero();
        assertThat(next.isOver()).isFalse();
        assertThat(next.view().verdict().text()).contains("the longest output has 300");
    }

    @Test
    void without_held_out_examples_it_counts_what_is_expected_of_other_inputs() {
        heldOut = List.of();
        result.expected = new RunResult.Expected(65, 44, 90);
        NextSteps next = next(40, 7, MEMBER, "relocked", "refolded").orElseThrow();

        assertThat(next.isFitted()).isTrue();
        assertThat(next.expected()).contains(result.expected);
        assertThat(next.isMoreExamples()).isFalse();

        result.expected = new RunResult.Expected(95, 80, 100);
        assertThat(next(40, 7, MEMBER, "relocked", "refolded")).isEmpty();

        heldOut = HELD_OUT;
        result.expected = new RunResult.Expected(65, 44, 90);
        assertThat(next(40, 7, MEMBER, "relocked", "refolded").orElseThrow().expected())
                .isEmpty();
    }
}
