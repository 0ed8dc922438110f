package io.lorahub.engine.safetensors;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;

/** Checks all numbers of a tensor by their bits, without widening or storing them. */
public final class TensorScan {

    private static final int CHUNK = 4096;

    private TensorScan() {}

    /** Whether no number is NaN or infinite, which in IEEE 754 means that no exponent has all its bits set. */
    public static boolean isFinite(TensorData tensor) {
        return switch (tensor.dtype()) {
            case F64 -> noneHasExponent(tensor, 0x7ff0000000000000L, 64);
            case F32 -> noneHasExponent(tensor, 0x7f800000L, 32);
            case BF16 -> noneHasExponent(tensor, 0x7f80L, 16);
            case F16 -> noneHasExponent(tensor, 0x7c00L, 16);
            default -> true;
        };
    }

    /** Whether every number is 0 or -0. */
    public static boolean isZero(TensorData tensor) {
        int bits = tensor.dtype().isFloat() ? tensor.dtype().bytes() * 8 : 64;
        long magnitude = tensor.dtype().isFloat() ? lanes((1L << (bits - 1)) - 1, bits) : -1L;
        ByteBuffer data = tensor.data();
        while (data.remaining() >= Long.BYTES) {
            if ((data.getLong() & magnitude) != 0) return false;
        }
        return (rest(data) & magnitude) == 0;
    }

    private static boolean noneHasExponent(TensorData tensor, long exponent, int bits) {
        long mask = lanes(exponent, bits);
        // adding the exponent's lowest bit carries into the sign bit exactly if all exponent bits are set
        long lowest = lanes(exponent & -exponent, bits);
        long sign = lanes(1L << (bits - 1), bits);
        ByteBuffer data = tensor.data();
        LongBuffer longs = data.asLongBuffer();
        long[] chunk = new long[CHUNK];
        while (longs.hasRemaining()) {
            int n = Math.min(CHUNK, longs.remaining());
            longs.get(chunk, 0, n);
            long carries = 0;
            for (int i = 0; i < n; i++) carries |= (chunk[i] & mask) + lowest;
            if ((carries & sign) != 0) return false;
        }
        data.position(data.limit() - data.remaining() % Long.BYTES);
        return (((rest(data) & mask) + lowest) & sign) == 0;
    }

    /** Reads up to seven bytes at the end as one little-endian number. */
    private static long rest(ByteBuffer data) {
        long rest = 0;
        for (int shift = 0; data.hasRemaining(); shift += 8) rest |= (data.get() & 0xffL) << shift;
        return rest;
    }

    /** Repeats the same bits for each of the numbers that fit into 64 bits. */
    private static long lanes(long value, int bits) {
        long all = 0;
        for (int shift = 0; shift < 64; shift += bits) all |= value << shift;
        return all;
    }
}
