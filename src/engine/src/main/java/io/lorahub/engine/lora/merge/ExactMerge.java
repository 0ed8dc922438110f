package io.lorahub.engine.lora.merge;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.safetensors.TensorData;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The composition ΔW = Σ wᵢ·sᵢ·Bᵢ·Aᵢ as one lossless adapter of rank Σ rᵢ. Each module has the rows √|wᵢsᵢ|·Aᵢ, the
 * columns sign(wᵢsᵢ)·√|wᵢsᵢ|·Bᵢ, and scale 1. Adapters of weight 0 add no rank, and a module missing from an adapter
 * contributes zero to the sum.
 */
public final class ExactMerge {

    private ExactMerge() {}

    /** Returns the modules of the merged adapter, merged one by one; empty if all weights are 0. */
    public static LoraModules of(List<WeightedAdapter> adapters) {
        SortedMap<String, List<Term>> terms = new TreeMap<>();
        for (WeightedAdapter weighted : adapters) {
            for (LoraModule module : weighted.adapter().modules().values()) {
                double factor = weighted.weight() * module.scale();
                if (factor == 0) continue;
                terms.computeIfAbsent(module.name(), name -> new ArrayList<>())
                        .add(new Term(weighted.adapter().name(), module, factor));
            }
        }
        SortedMap<String, ModuleShape> shapes = new TreeMap<>();
        terms.forEach((name, list) -> shapes.put(name, shape(name, list)));
        return new LoraModules(shapes, name -> stack(name, terms.get(name)));
    }

    /** Moves the scale of a module into its factors, so that its scale becomes 1. */
    static LoraModule withUnitScale(LoraModule module) {
        return module.scale() == 1 ? module : stack(module.name(), List.of(new Term("", module, module.scale())));
    }

    /** One module whose ΔW is that of the first minus that of the second. */
    public static LoraModule difference(LoraModule module, LoraModule minus) {
        return stack(module.name(), List.of(new Term("", module, module.scale()), new Term("", minus, -minus.scale())));
    }

    private record Term(String adapter, LoraModule module, double factor) {}

    private static ModuleShape shape(String name, List<Term> terms) {
        Term first = terms.get(0);
        terms.forEach(t -> requireFit(first.adapter, first.module, t.adapter, t.module));
        int in = first.module.in();
        int out = first.module.out();
        int rank = terms.stream().mapToInt(t -> t.module.rank()).reduce(0, Math::addExact);
        if ((long) rank * Math.max(in, out) > Integer.MAX_VALUE) {
            throw new EngineException("The exact composition of %s has the rank %d, which is too large for one tensor;"
                            .formatted(name, rank)
                    + " compose fewer adapters.");
        }
        boolean bias = terms.stream().anyMatch(t -> t.module.bias().isPresent());
        return new ModuleShape(rank, in, out, bias, first.module.embedding());
    }

    private static LoraModule stack(String name, List<Term> terms) {
        ModuleShape shape = shape(name, terms);
        int in = shape.in();
        int out = shape.out();
        int rank = shape.rank();
        float[] a = new float[rank * in];
        float[] b = new float[out * rank];
        int row = 0;
        for (Term term : terms) {
            double root = Math.sqrt(Math.abs(term.factor));
            float[] rows = term.module.a().toFloats();
            for (int i = 0; i < rows.length; i++) a[row * in + i] = (float) (root * rows[i]);
            putColumns(b, rank, row, term.module, Math.copySign(root, term.factor));
            row += term.module.rank();
        }
        return new LoraModule(
                name, TensorData.of(a, rank, in), TensorData.of(b, out, rank), 1, bias(terms, out), shape.embedding());
    }

    private static void putColumns(float[] b, int width, int at, LoraModule module, double factor) {
        float[] columns = module.b().toFloats(); // [out, rank]
        int rank = module.rank();
        for (int i = 0; i < columns.length; i++) b[i / rank * width + at + i % rank] = (float) (factor * columns[i]);
    }

    /** Σ wᵢ·sᵢ·biasᵢ, unaffected by scale 1. */
    private static Optional<TensorData> bias(List<Term> terms, int out) {
        if (terms.stream().allMatch(t -> t.module.bias().isEmpty())) return Optional.empty();
        double[] sum = new double[out];
        for (Term term : terms) {
            float[] bias = term.module.bias().map(TensorData::toFloats).orElse(new float[out]);
            for (int i = 0; i < out; i++) sum[i] += term.factor * bias[i];
        }
        float[] rounded = new float[out];
        for (int i = 0; i < out; i++) rounded[i] = (float) sum[i];
        return Optional.of(TensorData.of(rounded, out));
    }

    /** Throws EngineException if two adapters have different shapes of the same module. */
    static void requireFit(String adapter, LoraModule f, String other, LoraModule o) {
        if (f.in() == o.in() && f.out() == o.out() && f.embedding() == o.embedding()) return;
        throw new EngineException(
                "The adapters %s and %s do not fit together: %s is %d × %d in one and %d × %d in the other."
                                .formatted(adapter, other, f.name(), f.out(), f.in(), o.out(), o.in())
                        + " Compose adapters of the same base model.");
    }
}
