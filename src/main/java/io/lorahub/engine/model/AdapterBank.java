package io.lorahub.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.FactorMerge;
import io.lorahub.engine.safetensors.TensorData;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * All candidates, stacked once for each module: rows of A [R, in] and columns of s·B as rows [R, out]. Every candidate
 * has the same R rows in all modules, zero where it leaves a module alone, so one row of coefficients applies to all of
 * them.
 */
public final class AdapterBank implements AutoCloseable {

    private final PtNDManager manager;
    private final ComposedWeights composition;
    private final Predicate<String> readsInputs;
    private final int[] firstRow;
    private final Map<String, PtNDArray> tensors = new LinkedHashMap<>();
    private final List<NativeMemory> memory = new ArrayList<>();
    private Optional<ReplacedWeights> replaced = Optional.empty();
    private int groups = 1;
    private Map<String, Integer> groupOf = Map.of();
    private IValue dictionary;
    private double formOperations;
    private double inputWidth;
    private double labelWidth;

    /** @param readsInputs whether a module reads the tokens of the inputs */
    AdapterBank(
            PtNDManager parent,
            List<LoraAdapter> adapters,
            ComposedWeights composition,
            Predicate<String> readsInputs) {
        this.readsInputs = readsInputs;
        this.composition = composition;
        firstRow = firstRows(adapters);
        if (composition == ComposedWeights.FACTOR) FactorMerge.requireFit(adapters);
        manager = (PtNDManager) parent.newSubManager();
        try {
            TreeSet<String> names = new TreeSet<>();
            adapters.forEach(a -> names.addAll(a.modules().keySet()));
            names.forEach(name -> stack(name, adapters));
            adapters.forEach(LoraAdapter::release); // the bank now contains all data that an evaluation needs
            dictionary = IValue.stringMapFrom(new HashMap<>(tensors));
        } catch (RuntimeException | Error e) {
            free();
            throw e;
        }
    }

    /**
     * Holds a single adapter as {@link io.lorahub.engine.lora.merge.AdapterWriter} writes it. Its factors are used directly
     * from the file, which must stay open.
     */
    AdapterBank(PtNDManager parent, LoraAdapter written, Predicate<String> readsInputs) {
        this.readsInputs = readsInputs;
        composition = ComposedWeights.EXACT;
        firstRow = firstRows(List.of(written));
        manager = (PtNDManager) parent.newSubManager();
        written.modules().forEach((name, module) -> {
            tensors.put(name + ".a", mapped(module.a()));
            tensors.put(name + ".b", (PtNDArray) mapped(module.b()).transpose());
            module.bias()
                    .ifPresent(bias ->
                            tensors.put(name + ".bias", (PtNDArray) mapped(bias).reshape(1, -1)));
            count(name, module);
        });
        dictionary = IValue.stringMapFrom(new HashMap<>(tensors));
    }

    private PtNDArray mapped(TensorData tensor) {
        return manager.create(tensor.data(), new Shape(tensor.shape()), DataType.FLOAT32);
    }

    private static int[] firstRows(List<LoraAdapter> adapters) {
        int[] first = new int[adapters.size() + 1];
        for (int i = 0; i < adapters.size(); i++) {
            int rank = adapters.get(i).modules().values().stream()
                    .mapToInt(LoraModule::rank)
                    .max()
                    .orElse(0);
            first[i + 1] = first[i] + rank;
        }
        return first;
    }

    private void stack(String name, List<LoraAdapter> adapters) {
        LoraModule shape = adapters.stream()
                .map(a -> a.modules().get(name))
                .filter(m -> m != null)
                .findFirst()
                .orElseThrow();
        int rows = firstRow[adapters.size()];
        ByteBuffer a = floats((long) rows * shape.in());
        ByteBuffer b = floats((long) rows * shape.out());
        ByteBuffer bias = null;
        double firstScale = shape.scale();
        for (int i = 0; i < adapters.size(); i++) {
            LoraModule module = adapters.get(i).modules().get(name);
            if (module == null) continue;
            if (module.in() != shape.in() || module.out() != shape.out() || module.embedding() != shape.embedding()) {
                throw new EngineException("The adapter %s changes %s as a %d × %d layer, another one as %d × %d."
                        .formatted(adapters.get(i).name(), name, module.out(), module.in(), shape.out(), shape.in()));
            }
            double scale = composition == ComposedWeights.FACTOR ? firstScale : module.scale();
            module.a().copyTo(a.asFloatBuffer().position(firstRow[i] * shape.in()));
            putColumns(b.asFloatBuffer(), firstRow[i], module, (float) scale);
            if (module.bias().isPresent()) {
                bias = bias == null ? floats((long) adapters.size() * shape.out()) : bias;
                float[] values = module.bias().get().toFloats();
                for (int j = 0; j < values.length; j++) {
                    bias.putFloat((i * shape.out() + j) * Float.BYTES, (float) (scale * values[j]));
                }
            }
        }
        add(name + ".a", a, rows, shape.in());
        add(name + ".b", b, rows, shape.out());
        if (bias != null) add(name + ".bias", bias, adapters.size(), shape.out());
        count(name, shape);
    }

    private ByteBuffer floats(long count) {
        long bytes = count * Float.BYTES;
        if (bytes > Integer.MAX_VALUE) {
            throw new EngineException(
                    "The candidates' factors of one module take %d MB; that is too much at once; use fewer candidates."
                            .formatted(bytes >> 20));
        }
        NativeMemory floats = NativeMemory.ofFloats((int) count);
        memory.add(floats);
        return floats.bytes();
    }

    /** Writes B [out, r] as r rows of length out, times the scale. */
    private static void putColumns(FloatBuffer rows, int first, LoraModule module, float scale) {
        float[] values = module.b().toFloats();
        int rank = module.rank();
        int out = module.out();
        float[] row = new float[out];
        for (int k = 0; k < rank; k++) {
            for (int j = 0; j < out; j++) row[j] = scale * values[j * rank + k];
            rows.put((first + k) * out, row);
        }
    }

    private void add(String key, ByteBuffer values, int rows, int width) {
        tensors.put(key, (PtNDArray) manager.create(values, new Shape(rows, width), DataType.FLOAT32));
    }

    private void count(String name, LoraModule module) {
        formOperations += 2.0 * module.in() * module.out();
        if (readsInputs.test(name)) {
            inputWidth += 2.0 * (module.in() + module.out());
        } else {
            labelWidth += 2.0 * (module.in() + module.out());
        }
    }

    /** Whether adding ΔW to the weights first takes fewer operations than applying the factors to all tokens. */
    boolean formIsCheaper(int inputTokens, int labelTokens) {
        return formOperations < inputWidth * inputTokens + labelWidth * labelTokens;
    }

    public ComposedWeights composition() {
        return composition;
    }

    public int candidates() {
        return firstRow.length - 1;
    }

    /**
     * Gives every candidate one weight per group of layers. The factors stay as they are, so this takes no memory.
     *
     * @param count number of groups G
     * @param of    the group of a module, from 0
     */
    void group(int count, ToIntFunction<String> of) {
        if (count > 1 && composition == ComposedWeights.FACTOR) {
            throw new EngineException(
                    "Weights per layer group need the exact composition; the paper's has one weight per adapter.");
        }
        Map<String, Integer> numbers = new LinkedHashMap<>();
        modules().forEach(name -> numbers.put(name, of.applyAsInt(name)));
        for (String name : numbers.keySet()) {
            PtNDArray old = tensors.remove(name + ".group");
            if (old != null) old.close();
            int group = numbers.get(name);
            if (group > 0) tensors.put(name + ".group", (PtNDArray) manager.zeros(new Shape(group, 0)));
        }
        groups = count;
        groupOf = numbers;
        dictionary.close();
        dictionary = IValue.stringMapFrom(new HashMap<>(tensors));
    }

    /** Number of weights per candidate. */
    int groups() {
        return groups;
    }

    /** Returns the group of a module that a candidate changes. */
    public int groupOf(String module) {
        return groupOf.getOrDefault(module, 0);
    }

    /** Returns the weights of all candidates, one for each group [N * G], from those or from one per candidate [N]. */
    public double[] perGroup(double[] weights) {
        if (weights.length != candidates()) return weights;
        double[] all = new double[weights.length * groups];
        for (int i = 0; i < all.length; i++) all[i] = weights[i / groups];
        return all;
    }

    /** Gives one of the candidates the modules that it replaces. */
    void replace(ReplacedWeights weights) {
        replaced = Optional.of(weights);
    }

    /** Whether the candidate that replaces modules has a weight other than 0. */
    public boolean replaces(double[] weights) {
        return replaced(weights).isPresent();
    }

    /** The weights of the model that these weights are for; empty if they are the base model's. */
    Optional<ReplacedWeights> replaced(double[] weights) {
        if (replaced.isEmpty()) return replaced;
        double[] all = perGroup(weights);
        int first = replaced.get().candidate() * groups;
        // only of the groups in which it changes something
        boolean used = replaced.get().adapted().stream().anyMatch(module -> all[first + groupOf(module)] != 0);
        return used ? replaced : Optional.empty();
    }

    int rows() {
        return firstRow[candidates()];
    }

    /**
     * Returns the first row of a candidate, whose rows are {@code firstRow(i)} (inclusive) to {@code firstRow(i + 1)}
     * (exclusive).
     */
    int firstRow(int candidate) {
        return firstRow[candidate];
    }

    /** Names of the modules that at least one candidate changes. */
    public Set<String> modules() {
        return tensors.keySet().stream()
                .filter(key -> key.endsWith(".a"))
                .map(key -> key.substring(0, key.length() - 2))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the stacked factors of one module by their names in the program. */
    Map<String, PtNDArray> factors(String module) {
        Map<String, PtNDArray> own = new HashMap<>();
        for (String part : List.of(".a", ".b", ".group")) {
            if (tensors.containsKey(module + part)) own.put(module + part, tensors.get(module + part));
        }
        return own;
    }

    boolean hasBias() {
        return tensors.keySet().stream().anyMatch(key -> key.endsWith(".bias"));
    }

    IValue dictionary() {
        return dictionary;
    }

    /** The stacked tensors by key, for calls with named arrays. */
    Map<String, ? extends NDArray> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        dictionary.close();
        replaced.ifPresent(ReplacedWeights::close);
        free();
    }

    private void free() {
        manager.close();
        memory.forEach(NativeMemory::close);
    }
}
