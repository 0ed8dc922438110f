package io.lorahub.engine.safetensors;

import io.lorahub.engine.error.EngineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;

/**
 * A tensor in its file layout: row-major, little-endian. The buffer is usually a read-only view of the mapped file.
 *
 * @param shape sizes of the dimensions; empty for a scalar
 * @param data  exactly {@code elements() * dtype.bytes()} bytes between position and limit
 */
public record TensorData(DType dtype, long[] shape, ByteBuffer data) {

    public TensorData {
        data = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        long bytes = new TensorInfo(dtype, shape).bytes();
        if (bytes != data.remaining()) {
            throw new IllegalArgumentException("A tensor of %s %s needs %d bytes, not %d."
                    .formatted(Arrays.toString(shape), dtype, bytes, data.remaining()));
        }
    }

    /** Creates an F32 tensor on Java's heap, which is reclaimed sooner than direct buffers. */
    public static TensorData of(float[] values, long... shape) {
        ByteBuffer buffer = heap(values.length);
        buffer.asFloatBuffer().put(values);
        return new TensorData(DType.F32, shape, buffer);
    }

    @Override
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns a view of consecutive rows, the first dimension. */
    TensorData rows(long first, long count) {
        long row = new TensorInfo(dtype, shape).bytes() / shape[0];
        long[] part = shape.clone();
        part[0] = count;
        return new TensorData(dtype, part, data().slice((int) (first * row), (int) (count * row)));
    }

    public long elements() {
        return new TensorInfo(dtype, shape).elements();
    }

    /** Returns a copy widened (F64: narrowed) to float. Throws IllegalStateException for an integer type. */
    public float[] toFloats() {
        float[] out = new float[Math.toIntExact(elements())];
        widen(FloatBuffer.wrap(out));
        return out;
    }

    /** Returns this tensor if it is F32, otherwise a copy widened (F64: narrowed) to F32. */
    public TensorData toF32() {
        if (dtype == DType.F32) return this;
        ByteBuffer buffer = heap(Math.toIntExact(elements()));
        widen(buffer.asFloatBuffer());
        return new TensorData(DType.F32, shape, buffer);
    }

    /** Returns this tensor if it has the type, otherwise a copy that is rounded to it: to F64, F32, F16 or BF16. */
    public TensorData to(DType type) {
        if (type == dtype) return this;
        int elements = Math.toIntExact(elements());
        ByteBuffer out =
                ByteBuffer.allocate(Math.multiplyExact(elements, type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : toFloats()) {
            switch (type) {
                case F64 -> out.putDouble(value);
                case F32 -> out.putFloat(value);
                case F16 -> out.putShort(float16(value));
                case BF16 -> out.putShort(bfloat16(value));
                default -> throw new IllegalStateException(type + " does not contain real numbers");
            }
        }
        return new TensorData(type, shape, out.flip());
    }

    /** The same for what is written. Throws EngineException if a number is too large for float16. */
    public TensorData rounded(DType type) {
        if (type == DType.F16 && dtype != type) {
            for (float value : toFloats()) finiteFloat16(value);
        }
        return to(type);
    }

    /** As {@link #float16}. Throws EngineException for a number that is too large. */
    public static short finiteFloat16(float value) {
        short half = float16(value);
        if (Float.isFinite(value) && (half & 0x7c00) == 0x7c00) {
            throw new EngineException(
                    "The number %s is too large for float16, which ends at 65,504. Write it in bfloat16 or float32."
                            .formatted(value));
        }
        return half;
    }

    /** Rounds to IEEE 754 binary16, to nearest, ties to even, as PyTorch does; from 65,520 on to infinity. */
    public static short float16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fff_ffff;
        if (magnitude > 0x7f80_0000) return (short) (sign | 0x7e00); // NaN
        if (magnitude >= 0x477f_f000) return (short) (sign | 0x7c00);
        // below 2⁻¹⁴ in steps of 2⁻²⁴; the largest rounds to 2⁻¹⁴ itself
        if (magnitude < 0x3880_0000) return (short) (sign | (int) Math.rint(Math.abs((double) value) * 0x1p24));
        int rounded = magnitude + 0xfff + (magnitude >>> 13 & 1);
        return (short) (sign | rounded - 0x3800_0000 >>> 13);
    }

    /** Rounds to nearest, ties to even. */
    public static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    /**
     * Writes the values as floats to the receiver, at its position. Throws IllegalStateException for an integer type.
     */
    public void copyTo(FloatBuffer receiver) {
        widen(receiver);
    }

    private void widen(FloatBuffer out) {
        switch (dtype) {
            case F32 -> out.put(data().asFloatBuffer());
            case F64 -> {
                var doubles = data().asDoubleBuffer();
                while (doubles.hasRemaining()) out.put((float) doubles.get());
            }
            case BF16 -> {
                ShortBuffer halves = data().asShortBuffer();
                while (halves.hasRemaining()) out.put(Float.intBitsToFloat(halves.get() << 16));
            }
            case F16 -> {
                ShortBuffer halves = data().asShortBuffer();
                while (halves.hasRemaining()) out.put(halfToFloat(halves.get()));
            }
            default -> throw new IllegalStateException(dtype + " does not contain real numbers");
        }
    }

    /** Converts IEEE 754 binary16 to binary32; exact. */
    public static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1f;
        int mantissa = half & 0x3ff;
        if (exponent == 0) {
            float subnormal = mantissa * 0x1p-24f;
            return sign == 0 ? subnormal : -subnormal;
        }
        if (exponent == 31) return Float.intBitsToFloat(sign | 0x7f800000 | mantissa << 13);
        return Float.intBitsToFloat(sign | (exponent + 112) << 23 | mantissa << 13);
    }

    private static ByteBuffer heap(int floats) {
        return ByteBuffer.allocate(Math.multiplyExact(floats, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
