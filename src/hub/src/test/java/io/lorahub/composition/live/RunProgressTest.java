package io.lorahub.composition.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunSpec;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.optimize.SearchSettings;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RunProgressTest {

    private static final RunSpec USUAL = RunSpec.of(List.of(new Example("lock", "unlocked")), List.of());

    @Test
    void the_best_single_adapter_is_the_one_with_the_lowest_objective_alone() {
        RunProgress progress =
                progress(USUAL, row(3, 0, 0), row(2, 1, 0), row(1.5, 0, 1), row(1, 1, 1), row(0.5, 0.5, 0));

        assertThat(progress.bestSingle()).contains(new RunProgress.Single("past", 1, 1.5));
    }

    @Test
    void with_narrow_bounds_a_single_adapter_has_the_largest_weight_that_they_allow() {
        RunProgress progress = progress(within(USUAL, 0.8), row(3, 0, 0), row(2, 0.8, 0));

        assertThat(progress.bestSingle()).contains(new RunProgress.Single("un", 0.8, 2));
        assertThat(progress.bestSingle().orElseThrow().weightText()).isEqualTo("0.8");
    }

    @Test
    void with_layer_groups_it_has_the_same_weight_in_all_of_them() {
        RunProgress progress = progress(
                USUAL.withGroups(LayerGroups.THIRDS),
                row(3, 0, 0, 0, 0, 0, 0),
                row(1, 1, 1, 0, 0, 0, 0),
                row(2, 0, 0, 0, 1, 1, 1));

        assertThat(progress.bestSingle()).contains(new RunProgress.Single("past", 1, 2));
    }

    private static RunSpec within(RunSpec spec, double bound) {
        return spec.with(SearchSettings.LOWER, -bound).with(SearchSettings.UPPER, bound);
    }

    /** An objective, then the weights that have it. */
    private static double[] row(double... values) {
        return values;
    }

    private static RunProgress progress(RunSpec spec, double[]... rows) {
        CompositionRun run = new CompositionRun();
        run.id = UUID.randomUUID();
        run.spec = spec;
        run.candidates =
                List.of(new RunCandidate("demo/un", "1.0.0", null), new RunCandidate("demo/past", "1.0.0", null));
        List<RunEvaluation> evaluations = Arrays.stream(rows)
                .map(row -> {
                    RunEvaluation evaluation = new RunEvaluation();
                    evaluation.objective = row[0];
                    evaluation.weights = Arrays.copyOfRange(row, 1, row.length);
                    return evaluation;
                })
                .toList();
        return new RunProgress(run, evaluations, List.of(), 0, Optional.empty(), Instant.EPOCH, List.of());
    }
}
