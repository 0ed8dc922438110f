package io.lorahub.engine.lora.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.Deltas;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoraModuleTest {

    private static final LoraModule FACTORS = LoraModule.linear(
            "q", TensorData.of(new float[] {1, 0, 2}, 1, 3), TensorData.of(new float[] {1, -1}, 2, 1), 0.5);
    private static final TensorData MAGNITUDES = TensorData.of(new float[] {2, 10}, 2);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void each_row_gets_its_magnitude(boolean transposed) {
        // W = [[2.5, 0, 3], [0.5, 3, 5]], W + sBA = [[3, 0, 4], [0, 3, 4]] with rows of norm 5
        TensorData weight = transposed
                ? TensorData.of(new float[] {2.5f, 0.5f, 0, 3, 3, 5}, 3, 2)
                : TensorData.of(new float[] {2.5f, 0, 3, 0.5f, 3, 5}, 2, 3);
        double[][] change = Deltas.of(DoraModule.of(FACTORS, MAGNITUDES, weight, transposed));
        assertThat(change[0]).containsExactly(new double[] {1.2 - 2.5, 0, 1.6 - 3}, within(1e-6));
        assertThat(change[1]).containsExactly(new double[] {-0.5, 6 - 3, 8 - 5}, within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void another_base_model_is_refused(boolean transposed) {
        TensorData other = TensorData.of(new float[4], 2, 2);
        assertThatThrownBy(() -> DoraModule.of(FACTORS, MAGNITUDES, other, transposed))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("q has the shape [2, 2] in the base model");
    }
}
