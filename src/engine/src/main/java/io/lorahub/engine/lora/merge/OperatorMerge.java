package io.lorahub.engine.lora.merge;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.MergeMethod.Space;
import io.lorahub.engine.lora.merge.TaskArithmetic.Task;
import io.lorahub.engine.safetensors.TensorData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Merges adapters by any {@link MergeMethod}, with the meaning of PEFT 0.21.2. A module counts only the adapters that
 * have it. Weights of 0 count too: such an adapter still takes part in the election of signs.
 */
public final class OperatorMerge {

    /** Arrays of a product's size that are in memory at once, with those of the singular value decomposition. */
    private static final int ARRAYS_OF_PRODUCT = 8;

    private final MergeOperator operator;
    private final Sparsity sparsity;

    private OperatorMerge(MergeOperator operator) {
        this.operator = operator;
        this.sparsity = new Sparsity(operator);
    }

    /**
     * Returns the modules of the merged adapter, merged one by one. A method that cuts the rank returns what is to be
     * cut, with one of its factors being the identity where it has no smaller ones.
     */
    public static LoraModules of(List<WeightedAdapter> adapters, MergeOperator operator) {
        return operator.method().space() == Space.SUM
                ? ExactMerge.of(adapters)
                : new OperatorMerge(operator).merged(adapters);
    }

    private record Part(WeightedAdapter adapter, int place, LoraModule module) {

        String name() {
            return adapter.adapter().name();
        }

        double factor() {
            return adapter.weight() * module.scale();
        }
    }

    private LoraModules merged(List<WeightedAdapter> adapters) {
        SortedMap<String, List<Part>> parts = new TreeMap<>();
        for (int i = 0; i < adapters.size(); i++) {
            WeightedAdapter adapter = adapters.get(i);
            for (LoraModule module : adapter.adapter().modules().values()) {
                parts.computeIfAbsent(module.name(), name -> new ArrayList<>()).add(new Part(adapter, i, module));
            }
        }
        parts.values().forEach(this::requireMergeable);
        SortedMap<String, ModuleShape> shapes = new TreeMap<>();
        parts.forEach((name, list) -> shapes.put(name, shape(list.get(0).module)));
        Function<String, LoraModule> make = operator.method().space() == Space.FACTORS
                ? name -> factors(parts.get(name))
                : name -> product(parts.get(name));
        return new LoraModules(shapes, make);
    }

    private ModuleShape shape(LoraModule first) {
        int rank = operator.method().space() == Space.FACTORS ? first.rank() : Math.min(first.in(), first.out());
        return new ModuleShape(rank, first.in(), first.out(), false, first.embedding());
    }

    private void requireMergeable(List<Part> parts) {
        Part first = parts.get(0);
        for (Part part : parts) {
            if (part.module.bias().isPresent()) {
                throw new EngineException(
                        "The adapter %s adds a bias (lora_bias), which the method %s has no rule for. Use cat or svd, or leave it out."
                                .formatted(part.name(), operator.method()));
            }
            ExactMerge.requireFit(first.name(), first.module, part.name(), part.module);
            if (operator.method().space() == Space.FACTORS && part.module.rank() != first.module.rank()) {
                throw new EngineException(
                        "The method %s needs equal ranks, but %s has the rank %d in %s and %d in %s. Use cat, svd or a method that ends in _svd, which take any ranks."
                                .formatted(
                                        operator.method(),
                                        first.module.name(),
                                        first.module.rank(),
                                        first.name(),
                                        part.module.rank(),
                                        part.name()));
            }
        }
        if (operator.method().space() == Space.PRODUCTS) requireMemory(first.module);
    }

    private void requireMemory(LoraModule module) {
        long elements = (long) module.in() * module.out();
        long bytes = elements * Float.BYTES * ARRAYS_OF_PRODUCT;
        if (elements < Integer.MAX_VALUE && bytes < Runtime.getRuntime().maxMemory()) return;
        throw new EngineException(
                "The method %s computes all %d × %d elements of %s, which needs more memory than this program has. Use a method that works on the factors, such as ties."
                        .formatted(operator.method(), module.out(), module.in(), module.name()));
    }

    private LoraModule factors(List<Part> parts) {
        LoraModule first = parts.get(0).module;
        List<Task> a = new ArrayList<>();
        List<Task> b = new ArrayList<>();
        for (Part part : parts) {
            LoraModule module = part.module;
            double root = Math.sqrt(Math.abs(part.factor()));
            // the sign belongs to one side only, or two minus signs would cancel
            a.add(new Task(() -> sparsity.prune(module.a().toFloats(), mask(part, "A")), (float)
                    (part.factor() < 0 ? -root : root)));
            b.add(new Task(() -> sparsity.prune(module.b().toFloats(), mask(part, "B")), (float) root));
        }
        return new LoraModule(
                first.name(),
                merge(a, first.a().shape()),
                merge(b, first.b().shape()),
                1,
                Optional.empty(),
                first.embedding());
    }

    private LoraModule product(List<Part> parts) {
        LoraModule first = parts.get(0).module;
        List<Task> tasks = new ArrayList<>();
        for (Part part : parts) {
            tasks.add(new Task(() -> sparsity.prune(WholeProduct.of(part.module), mask(part, "BA")), (float)
                    part.adapter.weight()));
        }
        float[] sum = TaskArithmetic.merge(tasks, first.out() * first.in(), operator.election());
        return WholeProduct.module(first.name(), sum, first.out(), first.in(), first.embedding());
    }

    /** The place and not the name, which is only the name of a folder. */
    private static String mask(Part part, String tensor) {
        return "%d %s %s".formatted(part.place, part.module.name(), tensor);
    }

    private TensorData merge(List<Task> tasks, long... shape) {
        int size = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        return TensorData.of(TaskArithmetic.merge(tasks, size, operator.election()), shape);
    }
}
