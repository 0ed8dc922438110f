package io.lorahub.engine.model;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.safetensors.TensorData;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The factors of all candidates, stacked once for each module: rows of A [R, in] and columns of s·B as rows [R, out].
 * Every candidate has the same R rows in all modules, zero where it leaves a module alone, so one row of coefficients
 * applies to all of them.
 */
final class StackedFactors implements AutoCloseable {

    private final PtNDManager manager;
    private final Map<String, PtNDArray> tensors = new LinkedHashMap<>();
    private final List<NativeMemory> memory = new ArrayList<>();
    private IValue dictionary;

    private StackedFactors(PtNDManager parent) {
        manager = (PtNDManager) parent.newSubManager();
    }

    /** @param firstRow the first row of each candidate, and the number of rows R at the end */
    static StackedFactors of(
            PtNDManager parent, List<LoraAdapter> adapters, int[] firstRow, ComposedWeights composition) {
        StackedFactors factors = new StackedFactors(parent);
        try {
            TreeSet<String> names = new TreeSet<>();
            adapters.forEach(a -> names.addAll(a.modules().keySet()));
            names.forEach(name -> factors.stack(name, adapters, firstRow, composition));
            adapters.forEach(LoraAdapter::release); // all data that an evaluation needs is here now
            factors.index();
            return factors;
        } catch (RuntimeException | Error e) {
            factors.free();
            throw e;
        }
    }

    /** Uses the factors of a single adapter, already scaled, from its file, which must stay open. */
    static StackedFactors inPlace(PtNDManager parent, LoraAdapter written) {
        StackedFactors factors = new StackedFactors(parent);
        written.modules().forEach((name, module) -> {
            factors.tensors.put(name + ".a", factors.mapped(module.a()));
            factors.tensors.put(
                    name + ".b", (PtNDArray) factors.mapped(module.b()).transpose());
            module.bias()
                    .ifPresent(bias -> factors.tensors.put(
                            name + ".bias", (PtNDArray) factors.mapped(bias).reshape(1, -1)));
        });
        factors.index();
        return factors;
    }

    private PtNDArray mapped(TensorData tensor) {
        return manager.create(tensor.data(), new Shape(tensor.shape()), DataType.FLOAT32);
    }

    private void stack(String name, List<LoraAdapter> adapters, int[] firstRow, ComposedWeights composition) {
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

    private void index() {
        if (dictionary != null) dictionary.close();
        dictionary = IValue.stringMapFrom(new HashMap<>(tensors));
    }

    /** Marks each module with its layer group: an empty tensor has the group's number as its length. */
    void setGroups(Map<String, Integer> groupOf) {
        groupOf.forEach((name, group) -> {
            PtNDArray old = tensors.remove(name + ".group");
            if (old != null) old.close();
            if (group > 0) tensors.put(name + ".group", (PtNDArray) manager.zeros(new Shape(group, 0)));
        });
        index();
    }

    /** Inputs of a module, as {@link LoraModule#in}. */
    long in(String module) {
        return tensors.get(module + ".a").getShape().get(1);
    }

    /** Outputs of a module, as {@link LoraModule#out}. */
    long out(String module) {
        return tensors.get(module + ".b").getShape().get(1);
    }

    /** Names of the modules that at least one candidate changes. */
    Set<String> modules() {
        return tensors.keySet().stream()
                .filter(key -> key.endsWith(".a"))
                .map(key -> key.substring(0, key.length() - 2))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the stacked factors of one module by their names in the program. */
    Map<String, PtNDArray> of(String module) {
        Map<String, PtNDArray> own = new HashMap<>();
        for (String part : List.of(".a", ".b", ".group")) {
            if (tensors.containsKey(module + part)) own.put(module + part, tensors.get(module + part));
        }
        return own;
    }

    boolean hasBias() {
        return tensors.keySet().stream().anyMatch(key -> key.endsWith(".bias"));
    }

    /** By key, for calls with a dictionary. */
    IValue dictionary() {
        return dictionary;
    }

    /** By key, for calls with named arrays. */
    Map<String, PtNDArray> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        dictionary.close();
        free();
    }

    private void free() {
        manager.close();
        memory.forEach(NativeMemory::close);
    }
}
