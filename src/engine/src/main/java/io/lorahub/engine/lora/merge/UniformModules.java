package io.lorahub.engine.lora.merge;

import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.safetensors.TensorData;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An adapter's modules with one rank and scale 1, as programs need them that know a single rank and alpha. The scale
 * moves into the factors, and lower ranks are padded with zeros, so ΔW stays the same.
 */
public final class UniformModules {

    private UniformModules() {}

    /**
     * Returns the same modules at a rank. The last one is kept in memory, because both of its factors are usually asked
     * for in turn.
     *
     * @param rank at least that of every module
     */
    public static LoraModules of(LoraModules modules, int rank) {
        SortedMap<String, ModuleShape> shapes = new TreeMap<>();
        modules.shapes()
                .forEach(
                        (name, s) -> shapes.put(name, new ModuleShape(rank, s.in(), s.out(), s.bias(), s.embedding())));
        LoraModule[] last = new LoraModule[1];
        return new LoraModules(shapes, name -> {
            if (last[0] == null || !last[0].name().equals(name)) {
                last[0] = padded(rank, ExactMerge.withUnitScale(modules.get(name)));
            }
            return last[0];
        });
    }

    /** Returns the same ΔW with a larger rank: rows of zeros below A, columns of zeros right of B. */
    private static LoraModule padded(int rank, LoraModule m) {
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
