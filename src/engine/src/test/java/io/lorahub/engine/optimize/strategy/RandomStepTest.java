package io.lorahub.engine.optimize.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.optimize.SearchSpace;
import io.lorahub.engine.setting.SettingValues;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class RandomStepTest {

    @Test
    void weights_are_multiples_of_the_step() {
        SearchSpace space = new SearchSpace(
                3, SettingValues.NONE.with(SearchSettings.STEP, 0.25), true, null, w -> 0, () -> null);
        DoubleStream weights = new RandomSearch(space)
                .next().stream().map(EvaluationRequest::weights).flatMapToDouble(Arrays::stream);

        assertThat(weights.boxed().toList()).allMatch(weight -> weight * 4 == Math.rint(weight * 4));
    }
}
