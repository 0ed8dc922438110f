package io.lorahub.engine.lora;

import io.lorahub.engine.safetensors.TensorData;
import java.util.Arrays;

/** The same ΔW with a larger rank: rows of zeros under A, columns of zeros right of B. */
final class RankPadding {

    private RankPadding() {}

    static LoraModule to(int rank, LoraModule m) {
        if (rank == m.rank()) return m;
        float[] a = Arrays.copyOf(m.a().toFloats(), Math.multiplyExact(rank, m.in()));
        float[] narrow = m.b().toFloats();
        float[] b = new float[Math.multiplyExact(m.out(), rank)];
        for (int row = 0; row < m.out(); row++) {
            System.arraycopy(narrow, row * m.rank(), b, row * rank, m.rank());
        }
        return new LoraModule(
                m.name(),
                TensorData.of(a, rank, m.in()),
                TensorData.of(b, m.out(), rank),
                m.scale(),
                m.bias(),
                m.embedding());
    }
}
