package io.lorahub.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.engine.safetensors.TensorData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Trains the factors of one adapter on a few examples, by gradient descent. Modules that the adapter replaces, and its
 * lora_bias, stay as they are. Not for several threads at once.
 */
public final class FactorTraining implements AutoCloseable {

    /** The norm beyond which the derivatives are scaled down, as usual in the training of adapters. */
    private static final float LARGEST_NORM = 1;

    private final PtNDManager manager;
    private final TorchProgram program;
    private final NDList weights;
    private final int threads;
    private final AdapterBank bank;
    private final LoraAdapter adapter;
    private final Map<String, PtNDArray> state = new LinkedHashMap<>();
    private int steps;

    FactorTraining(
            PtNDManager parent,
            TorchProgram program,
            NDList weights,
            int threads,
            AdapterBank bank,
            LoraAdapter adapter) {
        if (adapter.modules().values().stream().anyMatch(LoraModule::embedding)) {
            throw new EngineException(
                    "%s changes an embedding, whose factors can't be trained on.".formatted(adapter.name()));
        }
        manager = (PtNDManager) parent.newSubManager();
        this.program = program;
        this.weights = weights;
        this.threads = threads;
        this.bank = bank;
        this.adapter = adapter;
        bank.factors().tensors().forEach((key, tensor) -> {
            if (!key.endsWith(".a") && !key.endsWith(".b")) return;
            for (String mean : List.of("first.", "second.")) {
                state.put(mean + key, (PtNDArray) manager.zeros(tensor.getShape()));
            }
        });
    }

    /**
     * Makes one step on some examples, and returns their token losses before it.
     *
     * @param rate the learning rate of Adam
     */
    public float[] step(Examples examples, double rate) {
        Torch.prepareThread(threads);
        steps++;
        try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
            NDList arguments = new NDList(weights);
            bank.factors().tensors().forEach((key, tensor) -> add(arguments, "bank." + key, tensor));
            state.forEach((key, tensor) -> add(arguments, "state." + key, tensor));
            Mix mix = Mix.all(bank, List.of(new double[] {1}));
            arguments.add(scope.create(mix.mix(), new Shape(1, mix.mix().length)));
            arguments.add(scope.create(mix.coefficients(), new Shape(1, mix.coefficientWidth())));
            examples.tensors().forEach((key, tensor) -> add(arguments, "examples." + key, tensor));
            arguments.add(examples.groups(scope));
            arguments.add(scope.create(new float[] {steps, (float) rate, LARGEST_NORM}));
            NDList result = program.callForTraining("refine", arguments);
            result.attach(scope);
            return examples.unpadded(result.get(0).toFloatArray(), 0);
        }
    }

    private static void add(NDList arguments, String name, NDArray array) {
        array.setName(name);
        arguments.add(array);
    }

    /** The factors as they are now; closed with this training. */
    public AdapterBank bank() {
        return bank;
    }

    /** The modules as they are now, with scale 1; each is copied when it is asked for, before this training is closed. */
    public LoraModules modules() {
        SortedMap<String, LoraModule> modules = adapter.modules();
        return new LoraModules(LoraModules.of(modules).shapes(), name -> now(modules.get(name)));
    }

    private LoraModule now(LoraModule module) {
        int rank = module.rank();
        float[] a = bank.factors().tensors().get(module.name() + ".a").toFloatArray();
        float[] rows = bank.factors().tensors().get(module.name() + ".b").toFloatArray();
        float[] own = new float[rank * module.in()];
        System.arraycopy(a, 0, own, 0, own.length);
        float[] b = new float[module.out() * rank];
        for (int k = 0; k < rank; k++) {
            for (int j = 0; j < module.out(); j++) b[j * rank + k] = rows[k * module.out() + j];
        }
        Optional<TensorData> bias = module.bias().map(values -> scaled(values, module.scale()));
        return new LoraModule(
                module.name(),
                TensorData.of(own, rank, module.in()),
                TensorData.of(b, module.out(), rank),
                1,
                bias,
                false);
    }

    private static TensorData scaled(TensorData values, double scale) {
        float[] all = values.toFloats();
        for (int i = 0; i < all.length; i++) all[i] *= (float) scale;
        return TensorData.of(all, all.length);
    }

    @Override
    public void close() {
        manager.close();
        bank.close();
    }
}
