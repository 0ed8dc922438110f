package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.Deltas;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TruncatedSvdTest {

    private static final int OUT = 600;
    private static final int IN = 640;

    /** Of rank 5, with singular values that fall by half, plus noise. */
    private static double[][] matrix(double noise) {
        Random random = new Random(4);
        double[][] matrix = new double[OUT][IN];
        for (int k = 0; k < 5; k++) {
            double[] left = random.doubles(OUT, -1, 1).toArray();
            double[] right = random.doubles(IN, -1, 1).toArray();
            for (int i = 0; i < OUT; i++) {
                for (int j = 0; j < IN; j++) matrix[i][j] += left[i] * right[j] / (1 << k);
            }
        }
        for (double[] row : matrix) {
            for (int j = 0; j < IN; j++) row[j] = (float) (row[j] + noise * random.nextGaussian());
        }
        return matrix;
    }

    private static TruncatedSvd.Result truncated(double[][] matrix, int rank) {
        try (TruncatedSvd svd = new TruncatedSvd()) {
            return svd.of(
                    "m",
                    OUT,
                    IN,
                    values -> {
                        for (double[] row : matrix) for (double value : row) values.put((float) value);
                    },
                    rank);
        }
    }

    @Test
    void subspace_iteration_finds_a_large_matrix_of_that_rank() {
        double[][] matrix = matrix(0);
        TruncatedSvd.Result result = truncated(matrix, 5);
        assertThat(result.norm()).isCloseTo(Deltas.norm(matrix), within(1e-6 * result.norm()));
        assertThat(result.lost() / result.norm()).isLessThan(1e-6);
        assertThat(Deltas.relativeDifference(Deltas.of(result.module()), matrix))
                .isLessThan(1e-6);
    }

    @Test
    void the_loss_is_measured_and_as_small_as_that_of_all_singular_values() {
        double[][] matrix = matrix(0.01);
        TruncatedSvd.Result fast = truncated(matrix, 3);
        double[][] rest = Deltas.sum(Deltas.of(fast.module()), -1, matrix);
        assertThat(fast.lost()).isCloseTo(Deltas.norm(rest), within(1e-5 * fast.norm()));
        // a rank above 128 makes it compute all singular values; its factors begin with the best of rank 3
        TruncatedSvd.Result all = truncated(matrix, 151);
        double[][] kept = Deltas.of(first(all, 3));
        double best = Deltas.norm(Deltas.sum(kept, -1, matrix));
        assertThat(fast.lost()).isCloseTo(best, within(1e-5 * best));
    }

    private static LoraModule first(TruncatedSvd.Result result, int rank) {
        var module = result.module();
        float[] a = Arrays.copyOf(module.a().toFloats(), rank * IN);
        float[] wide = module.b().toFloats();
        float[] b = new float[OUT * rank];
        for (int i = 0; i < OUT; i++) System.arraycopy(wide, i * module.rank(), b, i * rank, rank);
        return LoraModule.linear("m", TensorData.of(a, rank, IN), TensorData.of(b, OUT, rank), 1);
    }
}
