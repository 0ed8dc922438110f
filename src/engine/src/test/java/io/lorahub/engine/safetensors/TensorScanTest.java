package io.lorahub.engine.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorScanTest {

    // largest finite, infinity and a NaN of each type; every place, also in the bytes after the last whole 8
    @ParameterizedTest
    @CsvSource({
        "F64, 7fefffffffffffff, 7ff0000000000000, 7ff0000000000001",
        "F32, 7f7fffff, 7f800000, ffc00000",
        "BF16, 7f7f, ff80, 7f81",
        "F16, 7bff, fc00, 7e00",
    })
    void finds_what_is_not_finite_at_every_place(DType dtype, String max, String infinity, String nan) {
        for (int n = 1; n <= 11; n++) {
            assertThat(TensorScan.isFinite(filled(dtype, n, bits(max)))).isTrue();
            assertThat(TensorScan.isFinite(filled(dtype, n, bits(max) | 1L << dtype.bytes() * 8 - 1)))
                    .isTrue();
            for (int at = 0; at < n; at++) {
                assertThat(TensorScan.isFinite(with(filled(dtype, n, bits(max)), at, bits(infinity))))
                        .isFalse();
                assertThat(TensorScan.isFinite(with(filled(dtype, n, 0), at, bits(nan))))
                        .isFalse();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"F64", "F32", "BF16", "F16"})
    void zero_and_minus_zero_are_zero_and_nothing_else_is(DType dtype) {
        long minusZero = 1L << dtype.bytes() * 8 - 1;
        for (int n = 1; n <= 11; n++) {
            assertThat(TensorScan.isZero(filled(dtype, n, minusZero))).isTrue();
            for (int at = 0; at < n; at++) {
                assertThat(TensorScan.isZero(with(filled(dtype, n, 0), at, 1))).isFalse();
            }
        }
    }

    @Test
    void a_bad_number_after_the_first_chunk_is_found() {
        float[] values = new float[100_001];
        values[70_000] = Float.NaN;
        assertThat(TensorScan.isFinite(TensorData.of(values, values.length))).isFalse();
        assertThat(TensorScan.isZero(TensorData.of(values, values.length))).isFalse();
    }

    private static long bits(String hex) {
        return Long.parseUnsignedLong(hex, 16);
    }

    private static TensorData filled(DType dtype, int n, long bits) {
        TensorData tensor = new TensorData(dtype, new long[] {n}, ByteBuffer.allocate(n * dtype.bytes()));
        for (int i = 0; i < n; i++) with(tensor, i, bits);
        return tensor;
    }

    private static TensorData with(TensorData tensor, int at, long bits) {
        ByteBuffer data = tensor.data().order(ByteOrder.LITTLE_ENDIAN);
        int bytes = tensor.dtype().bytes();
        for (int i = 0; i < bytes; i++) data.put(at * bytes + i, (byte) (bits >>> 8 * i));
        return tensor;
    }
}
