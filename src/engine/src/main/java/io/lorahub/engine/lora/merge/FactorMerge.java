package io.lorahub.engine.lora.merge;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.safetensors.TensorData;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The composition of the LoraHub paper: A = Σ wᵢ·Aᵢ and B = Σ wᵢ·Bᵢ with the scale of the first adapter. All adapters
 * must have the same modules and ranks. Biases are weighted like B.
 */
public final class FactorMerge {

    private FactorMerge() {}

    /** Returns the modules of the merged adapter, merged one by one. */
    public static LoraModules of(List<WeightedAdapter> adapters) {
        if (adapters.isEmpty()) throw new EngineException("There is no adapter to merge; name at least one.");
        requireFit(adapters.stream().map(WeightedAdapter::adapter).toList());
        SortedMap<String, LoraModule> first = adapters.get(0).adapter().modules();
        return new LoraModules(LoraModules.of(first).shapes(), name -> merge(first.get(name), adapters));
    }

    /** Throws an exception that names the two adapters and the module if their factors cannot be added. */
    public static void requireFit(List<LoraAdapter> adapters) {
        LoraAdapter first = adapters.get(0);
        for (LoraAdapter other : adapters) {
            if (!other.modules().keySet().equals(first.modules().keySet())) {
                throw misfit(first, other, "they adapt different modules");
            }
            first.modules()
                    .forEach((name, module) ->
                            requireFit(first, module, other, other.modules().get(name)));
        }
    }

    private static void requireFit(LoraAdapter first, LoraModule f, LoraAdapter other, LoraModule o) {
        if (f.rank() != o.rank()) {
            throw misfit(first, other, "the ranks of %s are %d and %d".formatted(f.name(), f.rank(), o.rank()));
        }
        if (!Arrays.equals(f.a().shape(), o.a().shape()) || !Arrays.equals(f.b().shape(), o.b().shape())) {
            throw misfit(first, other, "the shapes of %s differ".formatted(f.name()));
        }
        if (f.embedding() != o.embedding() || f.bias().isPresent() != o.bias().isPresent()) {
            throw misfit(
                    first,
                    other,
                    "only one of them has a bias in %s, or treats it as an embedding".formatted(f.name()));
        }
    }

    private static EngineException misfit(LoraAdapter first, LoraAdapter other, String why) {
        return new EngineException("The factors of %s and %s cannot be added: %s. Use the exact composition."
                .formatted(first.name(), other.name(), why));
    }

    private static LoraModule merge(LoraModule first, List<WeightedAdapter> adapters) {
        double[] a = new double[Math.toIntExact(first.a().elements())];
        double[] b = new double[Math.toIntExact(first.b().elements())];
        double[] bias = new double[first.out()];
        for (WeightedAdapter weighted : adapters) {
            LoraModule module = weighted.adapter().modules().get(first.name());
            add(a, weighted.weight(), module.a());
            add(b, weighted.weight(), module.b());
            module.bias().ifPresent(t -> add(bias, weighted.weight(), t));
        }
        Optional<TensorData> sum = first.bias().map(t -> tensor(bias, t.shape()));
        return new LoraModule(
                first.name(),
                tensor(a, first.a().shape()),
                tensor(b, first.b().shape()),
                first.scale(),
                sum,
                first.embedding());
    }

    private static void add(double[] sum, double weight, TensorData tensor) {
        float[] values = tensor.toFloats();
        for (int i = 0; i < sum.length; i++) sum[i] += weight * values[i];
    }

    private static TensorData tensor(double[] values, long[] shape) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) rounded[i] = (float) values[i];
        return TensorData.of(rounded, shape);
    }
}
