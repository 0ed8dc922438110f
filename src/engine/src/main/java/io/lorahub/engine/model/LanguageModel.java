package io.lorahub.engine.model;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.model.format.ExampleFormat;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.engine.safetensors.TensorSource.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** A model ready to run, alone or changed by a mix of adapters. It is immutable, so threads can share it. */
public final class LanguageModel implements AutoCloseable {

    /** Number of examples whose size is computed at once, which takes time by the square of it. */
    private static final int SIZED = 128;

    /** Number of parameters below which one thread is faster than several. */
    private static final double SMALL = 1e7;

    private final PtNDManager manager;
    private final TorchProgram program;
    private final ModelConfig config;
    private final BaseModel base;
    private final Precision precision;
    private final int threads;
    private final NDList weights;
    private final IValue dictionary;
    private final ExampleFormat format;

    private LanguageModel(
            PtNDManager manager,
            TorchProgram program,
            BaseModel base,
            Precision precision,
            int threads,
            long largestBuffer) {
        this.manager = manager;
        this.base = base;
        this.threads = threads;
        this.program = program;
        this.config = base.config();
        this.precision = precision;
        weights = WeightLoader.load(manager, program, base, precision, largestBuffer);
        dictionary = TorchProgram.dictionary(weights);
        format = ExampleFormat.of(config, this::biases);
    }

    /** The attention biases that the program computes for packed examples. */
    private NDList biases(PtNDArray padding, PtNDArray groups) {
        NDList arguments = new NDList(weights);
        arguments.add(padding);
        arguments.add(groups);
        return program.callForTraining("biases", arguments);
    }

    /** The base model must stay open as long as this model is used, because weights may be read from its files. */
    public static LanguageModel load(BaseModel base, Compute compute) {
        return load(base, compute, Map.of());
    }

    /** @param instead constants of the program that replace those in {@link ProgramConstants} */
    static LanguageModel load(BaseModel base, Compute compute, Map<String, Object> instead) {
        return load(base, compute, instead, Integer.MAX_VALUE);
    }

    /** @param largestBuffer number of bytes beyond which tensors are not read through a buffer of Java */
    static LanguageModel load(BaseModel base, Compute compute, Map<String, Object> instead, long largestBuffer) {
        PtNDManager manager = Torch.manager(compute);
        try {
            int threads = compute.threads() > 0 ? compute.threads() : threads(base.config());
            Torch.prepareThread(threads);
            boolean gpu = manager.getDevice().isGpu();
            Precision precision = compute.precision().orElse(gpu ? Precision.BFLOAT16 : Precision.FLOAT32);
            Map<String, Object> constants = ProgramConstants.of(base.config(), precision, gpu);
            constants.putAll(instead);
            TorchProgram program =
                    TorchProgram.load(base.config().architecture().sources(), constants);
            return new LanguageModel(manager, program, base, precision, threads, largestBuffer);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** Uses one thread for a small model, because waiting for other threads would take longer than the work. */
    private static int threads(ModelConfig config) {
        return config.parameters() < SMALL ? 1 : Runtime.getRuntime().availableProcessors();
    }

    /** Number of threads that share the work of one operator. */
    public int threads() {
        return threads;
    }

    public ModelConfig config() {
        return config;
    }

    public Precision precision() {
        return precision;
    }

    /** "cpu" or "gpu:N". */
    public String device() {
        return Torch.name(manager.getDevice());
    }

    /** Stacks candidates for composition. */
    public AdapterBank bank(List<LoraAdapter> adapters, ComposedWeights composition) {
        return new AdapterBank(manager, adapters, composition, config::readsInputs);
    }

    /**
     * The same, where one of the candidates replaces whole modules wherever its weight isn't 0. The files of that
     * adapter must stay open.
     */
    public AdapterBank bank(List<LoraAdapter> adapters, ComposedWeights composition, KeptModules kept) {
        int candidate = kept.adapter().map(adapters::indexOf).orElse(0);
        return replacing(bank(adapters, composition), kept, candidate);
    }

    /** Gives a candidate of a bank the modules that it replaces; returns the bank. */
    public AdapterBank replacing(AdapterBank bank, KeptModules kept, int candidate) {
        if (kept.isEmpty()) return bank;
        try {
            bank.replace(ReplacedWeights.of(manager, program, weights, kept, precision, candidate));
        } catch (RuntimeException | Error e) {
            bank.close();
            throw e;
        }
        return bank;
    }

    /**
     * Gives every candidate of a bank one weight per group of layers. Throws EngineException if the model has no such
     * groups.
     */
    public void setGroups(AdapterBank bank, LayerGroups groups) {
        bank.setGroups(groups.size(), groups.of(config));
    }

    /** Returns the index of the group that a module belongs to. */
    public int groupOf(String module, LayerGroups groups) {
        return groups.of(config).applyAsInt(module);
    }

    /** Holds one written adapter, which must stay open; data is copied only if unavoidable. */
    public AdapterBank bankInPlace(LoraAdapter written) {
        return new AdapterBank(manager, written, config::readsInputs);
    }

    /** The same for an adapter that replaces whole modules. */
    public AdapterBank bankInPlace(LoraAdapter written, KeptModules kept) {
        return replacing(bankInPlace(written), kept, 0);
    }

    /**
     * Packs examples with little padding. The token ids of each example include the end token, as produced by the
     * tokenizer.
     */
    public Examples examples(List<int[]> inputs, List<int[]> labels) {
        return format.examples((PtNDManager) manager.newSubManager(), inputs, labels, false);
    }

    /** The same, except that no token is packed once for several examples, so that each can have its own gradient. */
    public Examples separateExamples(List<int[]> inputs, List<int[]> labels) {
        return format.examples((PtNDManager) manager.newSubManager(), inputs, labels, true);
    }

    /**
     * Returns the loss of each label token in nats for each weight vector, in the order of
     * {@link Examples#exampleOfToken()}.
     */
    public List<float[]> tokenLosses(AdapterBank bank, Examples examples, List<double[]> vectors) {
        return tokenLosses(bank, examples, vectors, vectorsAtOnce(bank, examples));
    }

    /** @param atOnce number of vectors computed as one batch */
    List<float[]> tokenLosses(AdapterBank bank, Examples examples, List<double[]> vectors, int atOnce) {
        Torch.prepareThread(threads);
        List<float[]> losses = new ArrayList<>();
        for (List<double[]> batch : BatchSize.split(bank, vectors, atOnce)) {
            losses.addAll(
                    new ForwardPass(manager, program, dictionary(bank, batch.get(0))).losses(bank, examples, batch));
        }
        return losses;
    }

    /** Returns the number of weight vectors computed as one batch. */
    public int vectorsAtOnce(AdapterBank bank, Examples examples) {
        return BatchSize.ofLosses(manager.getDevice().isGpu(), bank, examples);
    }

    /** Returns the token losses and the exact gradient of the mean over examples of the example's mean token loss. */
    public LossGradient gradient(AdapterBank bank, Examples examples, double[] weights) {
        return gradients(bank, examples, List.of(weights), false).get(0);
    }

    /**
     * The same for each weight vector.
     *
     * @param each whether to return the gradient of each example too, which must be separate
     */
    public List<LossGradient> gradients(AdapterBank bank, Examples examples, List<double[]> vectors, boolean each) {
        boolean lean = BackwardPass.isLarge(config, examples);
        return BatchSize.split(bank, vectors, gradientsAtOnce(bank, examples)).stream()
                .flatMap(batch -> gradients(bank, examples, batch, each, lean).stream())
                .toList();
    }

    /** Whether the examples should be divided to train an adapter on them, which keeps the results of all layers. */
    public boolean isTooLargeToTrain(List<int[]> inputs, List<int[]> labels) {
        if (inputs.size() == 1) return false;
        ExampleFormat.Size size = format.size(inputs, labels, false);
        return activationBytes(size) > BackwardPass.MOST_ACTIVATIONS || isTooLarge(size);
    }

    /**
     * Whether the examples should be divided to compute their losses and gradients.
     *
     * @param separate whether they are packed as {@link #separateExamples} does
     */
    public boolean isTooLarge(List<int[]> inputs, List<int[]> labels, boolean separate) {
        return inputs.size() > 1 && isTooLarge(format.size(inputs, labels, separate));
    }

    private boolean isTooLarge(ExampleFormat.Size size) {
        return passBytes(size) > BackwardPass.MOST_ACTIVATIONS;
    }

    /** Returns the memory in bytes to compute losses and gradients of examples, which are divided as far as they can be. */
    public long passBytes(List<int[]> inputs, List<int[]> labels) {
        return bytes(inputs, labels, this::passBytes);
    }

    /** The same to train an adapter on them. */
    public long trainBytes(List<int[]> inputs, List<int[]> labels) {
        return bytes(inputs, labels, size -> Math.max(passBytes(size), activationBytes(size)));
    }

    private long bytes(List<int[]> inputs, List<int[]> labels, ToDoubleFunction<ExampleFormat.Size> ofPass) {
        double all = 0;
        for (int i = 0; i < inputs.size() && all <= BackwardPass.MOST_ACTIVATIONS; i += SIZED) {
            int end = Math.min(inputs.size(), i + SIZED);
            all += ofPass.applyAsDouble(format.size(inputs.subList(i, end), labels.subList(i, end), true));
        }
        if (all <= BackwardPass.MOST_ACTIVATIONS) return (long) all;
        return (long) IntStream.range(0, inputs.size())
                .mapToDouble(
                        i -> ofPass.applyAsDouble(format.size(List.of(inputs.get(i)), List.of(labels.get(i)), true)))
                .reduce(BackwardPass.MOST_ACTIVATIONS, Math::max);
    }

    private double activationBytes(ExampleFormat.Size size) {
        return config.activations(size.inputTokens(), size.labelTokens()) * Float.BYTES;
    }

    private double passBytes(ExampleFormat.Size size) {
        return config.passValues(size.inputTokens(), size.labelTokens(), size.pairs()) * Float.BYTES;
    }

    /** Returns the number of weight vectors whose gradients are computed as one batch. */
    public int gradientsAtOnce(AdapterBank bank, Examples examples) {
        return Math.min(vectorsAtOnce(bank, examples), BackwardPass.vectorsAtOnce(config, examples));
    }

    /** @param lean whether to recompute each layer instead of keeping its activations */
    LossGradient gradient(AdapterBank bank, Examples examples, double[] weights, boolean lean) {
        return gradients(bank, examples, List.of(weights), false, lean).get(0);
    }

    /**
     * @param vectors all or none with replaced modules
     * @param lean    whether to recompute each layer instead of keeping its activations; only for one vector
     */
    List<LossGradient> gradients(
            AdapterBank bank, Examples examples, List<double[]> vectors, boolean each, boolean lean) {
        Torch.prepareThread(threads);
        try {
            NDList own =
                    bank.replaced(vectors.get(0)).map(ReplacedWeights::weights).orElse(weights);
            return new BackwardPass(manager, program, own).gradients(bank, examples, vectors, each, lean);
        } finally {
            // the backward pass takes more memory than all later work; for a small model the call is not worth it
            if (config.parameters() >= SMALL) giveBackMemory();
        }
    }

    /**
     * Begins to train the factors of an adapter.
     *
     * @param kept the modules that the adapter replaces
     */
    public FactorTraining training(LoraAdapter adapter, KeptModules kept) {
        AdapterBank bank = bank(List.of(adapter), ComposedWeights.EXACT, kept);
        try {
            NDList own = bank.replaced(new double[] {1})
                    .map(ReplacedWeights::weights)
                    .orElse(weights);
            return new FactorTraining(manager, program, own, threads, bank, adapter);
        } catch (RuntimeException | Error e) {
            bank.close();
            throw e;
        }
    }

    /** Returns memory freed by the last computations to the system. */
    public void giveBackMemory() {
        FreeMemory.giveBack();
    }

    /**
     * What a mix changes in all texts that are decoded with it, for the program's methods that decode. The caller closes
     * the result.
     */
    public IValue fixedChanges(AdapterBank bank, double[] mix) {
        Torch.prepareThread(threads);
        try (PtNDManager scope = newSubManager();
                MixArguments arguments = new MixArguments(scope, Mix.of(bank, List.of(mix)));
                IValue factor = IValue.from(bank.composition() == ComposedWeights.FACTOR)) {
            return program.call(
                    "fixed_changes",
                    dictionary(bank, mix),
                    bank.dictionary(),
                    arguments.mix,
                    arguments.rows,
                    arguments.coefficients,
                    factor);
        }
    }

    /** The model's weights, where a candidate may have replaced some, for the program. They belong to model and bank. */
    public IValue dictionary(AdapterBank bank, double[] weights) {
        return bank.replaced(weights).map(ReplacedWeights::dictionary).orElse(dictionary);
    }

    /** The model's program, for what computes otherwise than this class. */
    public TorchProgram program() {
        return program;
    }

    /** The model's weights, named as in the program. */
    public NDList weights() {
        return weights;
    }

    public BaseModel base() {
        return base;
    }

    /** For arrays beside the model's own. The caller closes it before the model. */
    public PtNDManager newSubManager() {
        return (PtNDManager) manager.newSubManager();
    }

    /**
     * Whether a copy of a weight in another layout is faster where few tokens are computed.
     *
     * @param outputs width of what the linear layer gives
     */
    public boolean packs(long outputs) {
        return ProgramConstants.packs(precision, isOnGpu(), outputs);
    }

    /** The type of the adapters' factors where texts are decoded. */
    public Precision decodingFactors() {
        return ProgramConstants.decodingFactors(precision, isOnGpu());
    }

    public boolean isOnGpu() {
        return manager.getDevice().isGpu();
    }

    /**
     * Returns rows of W + ΔW of one weight, computed in float32 from the base model's file, whatever type the model
     * computes in. The caller closes the result.
     *
     * @param rows rows of the base model's weight, as the file has them, of a module that the bank changes
     */
    public FusedWeight fuse(AdapterBank bank, double[] weights, String module, Rows rows) {
        if (bank.factors().hasBias()) {
            throw new EngineException(
                    "The mix adds a bias (lora_bias), which model files have no place for; it cannot be fused.");
        }
        Torch.prepareThread(threads);
        return FusedWeight.of(manager, exact(), bank, weights, module, rows, config.isTransposed(module));
    }

    /** Returns the program for float32. */
    private TorchProgram exact() {
        if (precision == Precision.FLOAT32) return program;
        boolean gpu = manager.getDevice().isGpu();
        Map<String, Object> constants = ProgramConstants.of(config, Precision.FLOAT32, gpu);
        return TorchProgram.load(config.architecture().sources(), constants);
    }

    @Override
    public void close() {
        dictionary.close();
        manager.close();
    }
}
