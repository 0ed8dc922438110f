package io.lorahub.engine.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorDataTest {

    @ParameterizedTest
    @CsvSource({
        "0000, 0x0p0",
        "8000, -0x0p0",
        "3c00, 1",
        "c000, -2",
        "3555, 0x1.554p-2",
        "7bff, 65504",
        "fbff, -65504",
        "0400, 0x1p-14",
        "03ff, 0x1.ff8p-15",
        "0001, 0x1p-24",
        "8001, -0x1p-24",
        "7c00, Infinity",
        "fc00, -Infinity",
        "7e01, NaN"
    })
    void f16_is_widened_exactly(String bits, String value) {
        assertThat(shorts(DType.F16, bits).toFloats()).containsExactly(Float.parseFloat(value));
    }

    /** What PyTorch's Tensor.half gives, but for the bits of NaN. */
    @ParameterizedTest
    @CsvSource({
        "0x1p-11, 1000",
        "0x1.002p0, 3c00",
        "0x1.006p0, 3c02",
        "0x1.002002p0, 3c01",
        "-0x1.002p0, bc00",
        "65504, 7bff",
        "65519.996, 7bff",
        "65520, 7c00",
        "-1e30, fc00",
        "Infinity, 7c00",
        "NaN, 7e00",
        "0x1p-25, 0000",
        "0x1.8p-24, 0002",
        "0x1.4p-23, 0002",
        "0x1.cp-23, 0004",
        "-0x1p-26, 8000",
        "0x1.ffcp-15, 0400",
        "1e-40, 0000"
    })
    void f16_is_rounded_to_the_nearest_and_ties_to_even(String value, String bits) {
        assertThat(TensorData.float16(Float.parseFloat(value))).isEqualTo((short) Integer.parseInt(bits, 16));
    }

    @Test
    void every_f16_is_its_own_rounding() {
        for (int bits = 0; bits <= 0x7c00; bits++) {
            for (int sign : new int[] {0, 0x8000}) {
                short half = (short) (bits | sign);
                assertThat(TensorData.float16(TensorData.halfToFloat(half))).isEqualTo(half);
            }
        }
    }

    @Test
    void every_f16_is_the_sum_of_its_bits() {
        for (int bits = 0; bits < 0x7c00; bits++) {
            int exponent = bits >> 10;
            double expected = exponent == 0
                    ? (bits & 0x3ff) * 0x1p-24
                    : (1 + (bits & 0x3ff) / 1024.0) * Math.pow(2, exponent - 15);
            assertThat((double) TensorData.halfToFloat((short) bits)).isEqualTo(expected);
            assertThat((double) TensorData.halfToFloat((short) (bits | 0x8000))).isEqualTo(-expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0000, 0x0p0",
        "8000, -0x0p0",
        "3f80, 1",
        "4049, 3.140625",
        "c2f7, -123.5",
        "7f7f, 0x1.fep127",
        "0001, 0x1p-133",
        "7f80, Infinity",
        "ff80, -Infinity",
        "7fc0, NaN"
    })
    void bf16_is_the_upper_half_of_a_float(String bits, String value) {
        assertThat(shorts(DType.BF16, bits).toFloats()).containsExactly(Float.parseFloat(value));
    }

    @Test
    void f64_is_rounded_to_float() {
        ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        data.putDouble(0.1).putDouble(1e300).flip();

        float[] floats = new TensorData(DType.F64, new long[] {2}, data).toFloats();

        assertThat(floats).containsExactly(0.1f, Float.POSITIVE_INFINITY);
    }

    @Test
    void widening_to_f32_copies_only_what_is_not_f32() {
        TensorData one = shorts(DType.F16, "3c00");
        TensorData widened = one.toF32();

        assertThat(widened.dtype()).isEqualTo(DType.F32);
        assertThat(widened.toFloats()).containsExactly(1f);
        assertThat(widened.toF32()).isSameAs(widened);
    }

    @Test
    void whole_numbers_are_no_floats() {
        TensorData longs = new TensorData(DType.I64, new long[] {1}, ByteBuffer.allocate(8));

        assertThatIllegalStateException().isThrownBy(longs::toFloats).withMessage("I64 does not contain real numbers");
    }

    @Test
    void data_must_fit_the_shape() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TensorData(DType.F32, new long[] {2, 3}, ByteBuffer.allocate(20)))
                .withMessage("A tensor of [2, 3] F32 needs 24 bytes, not 20.");
    }

    @Test
    void readers_of_the_buffer_do_not_disturb_each_other() {
        TensorData tensor = TensorData.of(new float[] {1, 2}, 2);

        tensor.data().getFloat();

        assertThat(tensor.data().getFloat()).isEqualTo(1f);
        assertThat(tensor.elements()).isEqualTo(2);
    }

    private static TensorData shorts(DType dtype, String hex) {
        ByteBuffer data = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
        data.putShort((short) Integer.parseInt(hex, 16)).flip();
        return new TensorData(dtype, new long[] {1}, data);
    }

    @Test
    void what_float16_cannot_hold_is_not_written() {
        TensorData large = TensorData.of(new float[] {1, 65_519}, 2);
        assertThat(large.rounded(DType.F16).toFloats()).containsExactly(1, 65_504);
        TensorData tooLarge = TensorData.of(new float[] {1, -65_520}, 2);
        assertThatThrownBy(() -> tooLarge.rounded(DType.F16))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll("-65520", "bfloat16 or float32");
        assertThat(tooLarge.rounded(DType.BF16).toFloats()).containsExactly(1, -65_536);
        assertThat(tooLarge.to(DType.F16).toFloats()).containsExactly(1, Float.NEGATIVE_INFINITY);
    }
}
