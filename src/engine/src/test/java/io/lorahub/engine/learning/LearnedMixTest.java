package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.optimize.Observation;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LearnedMixTest {

    @Test
    void the_last_gain_is_where_the_objective_last_fell_by_one_percent() {
        assertThat(lastGain(record(8, 1), record(4, 1), record(2, 3), record(1.99, 3), record(3, 1)))
                .isEqualTo(5);
        assertThat(lastGain(record(8, 1), record(9, 1))).isEqualTo(1);
    }

    @Test
    void a_point_without_a_number_is_no_gain() {
        assertThat(lastGain(record(Double.NaN, 1), record(8, 1), record(Double.NaN, 1), record(7, 1)))
                .isEqualTo(4);
    }

    private static int lastGain(EvaluationRecord... history) {
        int spent = Stream.of(history).mapToInt(EvaluationRecord::cost).sum();
        return new LearnedMix(Map.of(), Map.of(), history[0], spent, 1, LearnedMix.End.BUDGET_SPENT, List.of(history))
                .lastGain();
    }

    private static EvaluationRecord record(double objective, int cost) {
        return new EvaluationRecord(1, cost, new Observation(new double[0], objective, objective, null, null, null), 0);
    }
}
