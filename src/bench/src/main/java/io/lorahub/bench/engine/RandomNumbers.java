package io.lorahub.bench.engine;

import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.TensorData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Normally distributed numbers. Tensors are slices of one array that begin at random places, so that a model of three
 * gigabytes needs little memory. A large array repeats itself, shifted against the rows of its tensors.
 */
final class RandomNumbers {

    private static final int SPARE = 1 << 16;

    /** Odd, so that no row of a table equals another. */
    private static final int DRAWN = (1 << 24) + 3;

    private final DType type;
    private final ByteBuffer stock;
    private final SplittableRandom random;

    RandomNumbers(long largestTensor, double deviation, long seed) {
        this(DType.F32, largestTensor, deviation, seed);
    }

    /** @param type F32 or BF16 */
    RandomNumbers(DType type, long largestTensor, double deviation, long seed) {
        this.type = type;
        random = new SplittableRandom(seed);
        int count = Math.toIntExact(largestTensor + SPARE);
        stock = ByteBuffer.allocateDirect(Math.multiplyExact(count, type.bytes()))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < Math.min(count, DRAWN); i++) put(i, (float) (deviation * random.nextGaussian()));
        int block = DRAWN * type.bytes();
        for (int from = block; from < stock.capacity(); from += block) {
            stock.put(from, stock, 0, Math.min(block, stock.capacity() - from));
        }
    }

    private void put(int index, float value) {
        if (type == DType.BF16) stock.putShort(index * type.bytes(), TensorData.bfloat16(value));
        else stock.putFloat(index * type.bytes(), value);
    }

    TensorData tensor(long... shape) {
        int bytes = type.bytes();
        for (long size : shape) {
            bytes = Math.multiplyExact(bytes, Math.toIntExact(size));
        }
        int places = (stock.capacity() - bytes) / type.bytes();
        return new TensorData(type, shape, stock.slice(random.nextInt(places) * type.bytes(), bytes));
    }
}
