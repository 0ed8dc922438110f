package io.lorahub.bench.engine;

import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.TensorData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Normally distributed numbers. Tensors are slices of one array that begin at random places, so that a model of three
 * gigabytes needs little memory.
 */
final class RandomNumbers {

    private static final int SPARE = 1 << 16;

    private final ByteBuffer stock;
    private final SplittableRandom random;

    RandomNumbers(long largestTensor, double deviation, long seed) {
        random = new SplittableRandom(seed);
        int count = Math.toIntExact(largestTensor + SPARE);
        stock = ByteBuffer.allocateDirect(Math.multiplyExact(count, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            stock.putFloat(i * Float.BYTES, (float) (deviation * random.nextGaussian()));
        }
    }

    TensorData tensor(long... shape) {
        int bytes = Float.BYTES;
        for (long size : shape) {
            bytes = Math.multiplyExact(bytes, Math.toIntExact(size));
        }
        int places = (stock.capacity() - bytes) / Float.BYTES;
        return new TensorData(DType.F32, shape, stock.slice(random.nextInt(places) * Float.BYTES, bytes));
    }
}
