package io.lorahub.engine.learning;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.lora.merge.WeightedAdapter;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.engine.prompt.PromptEncoder;
import io.lorahub.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A base model loaded with candidates and ready to score mixes. Not thread-safe. */
public final class LearningSession implements AutoCloseable {

    private final LoadedModel loaded;
    private final boolean owned;
    private final BaseModel base;
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final List<LoraAdapter> adapters;
    private final KeptModules kept;
    private final AdapterBank bank;
    private final PromptEncoder prompt;
    private LayerGroups layers = LayerGroups.NONE;
    private Consumer<RunMemory> memoryCheck = RunMemory::requireMachine;
    private volatile boolean cancelled;
    private volatile ExampleListener listener = (done, of) -> {};

    private LearningSession(
            LoadedModel loaded,
            boolean owned,
            List<LoraAdapter> adapters,
            KeptModules kept,
            AdapterBank bank,
            PromptEncoder prompt) {
        this.loaded = loaded;
        this.owned = owned;
        this.base = loaded.base();
        this.model = loaded.model();
        this.tokenizer = loaded.tokenizer();
        this.adapters = adapters;
        this.kept = kept;
        this.bank = bank;
        this.prompt = prompt;
    }

    /** Like the method below, with the model's own prompt format. */
    public static LearningSession open(
            Path baseFolder, List<LoraAdapter> adapters, ComposedWeights composition, Compute compute) {
        return open(baseFolder, adapters, composition, compute, PromptChoice.DEFAULT);
    }

    /**
     * Loads the model and the adapters. The adapters are closed with the session. Throws EngineException if they do not
     * fit the model, or the model doesn't support the prompt format.
     */
    public static LearningSession open(
            Path baseFolder,
            List<LoraAdapter> adapters,
            ComposedWeights composition,
            Compute compute,
            PromptChoice prompt) {
        requireNames(adapters);
        return opened(adapters, true, composition, prompt, () -> LoadedModel.open(baseFolder, compute, adapters));
    }

    /** Loads the base model without candidates. */
    public static LearningSession alone(Path baseFolder, Compute compute) {
        return alone(baseFolder, compute, PromptChoice.DEFAULT);
    }

    public static LearningSession alone(Path baseFolder, Compute compute, PromptChoice prompt) {
        return opened(List.of(), true, ComposedWeights.EXACT, prompt, () -> LoadedModel.open(baseFolder, compute));
    }

    public static LearningSession open(LoadedModel loaded, List<LoraAdapter> adapters, ComposedWeights composition) {
        return open(loaded, adapters, composition, PromptChoice.DEFAULT);
    }

    /** Opens a session on a model that stays loaded after the session. The adapters are closed with the session. */
    public static LearningSession open(
            LoadedModel loaded, List<LoraAdapter> adapters, ComposedWeights composition, PromptChoice prompt) {
        requireNames(adapters);
        return opened(adapters, false, composition, prompt, () -> loaded);
    }

    private static LearningSession opened(
            List<LoraAdapter> adapters,
            boolean owned,
            ComposedWeights composition,
            PromptChoice prompt,
            Supplier<LoadedModel> model) {
        CloseOnFailure closing = new CloseOnFailure();
        try {
            adapters.forEach(closing::add);
            LoadedModel loaded = model.get();
            if (owned) closing.add(loaded);
            PromptEncoder encoder = loaded.prompt(prompt);
            KeptModules kept = loaded.requireFit(adapters);
            AdapterBank bank = loaded.model().bank(adapters, composition, kept);
            return new LearningSession(loaded, owned, List.copyOf(adapters), kept, bank, encoder);
        } catch (RuntimeException | Error e) {
            closing.close();
            throw e;
        }
    }

    private static void requireNames(List<LoraAdapter> adapters) {
        if (adapters.isEmpty()) {
            throw new EngineException("There are no candidates; give at least one adapter.");
        }
        long names = adapters.stream().map(LoraAdapter::name).distinct().count();
        if (names < adapters.size()) {
            throw new EngineException("Two candidates have the same name; give each its own name: %s."
                    .formatted(adapters.stream().map(LoraAdapter::name).toList()));
        }
    }

    public List<String> candidates() {
        return adapters.stream().map(LoraAdapter::name).toList();
    }

    public List<LoraAdapter> adapters() {
        return adapters;
    }

    /** The modules that one of the candidates replaces as a whole. */
    public KeptModules kept() {
        return kept;
    }

    /** The modules that a mix with these weights replaces: if their candidate has a weight other than 0. */
    public KeptModules kept(double[] weights) {
        return bank.replaces(weights) ? kept : KeptModules.NONE;
    }

    public BaseModel base() {
        return base;
    }

    /** The model, which the session may share with others. */
    public LoadedModel loaded() {
        return loaded;
    }

    public LanguageModel model() {
        return model;
    }

    /** How inputs become prompts. */
    public PromptEncoder prompt() {
        return prompt;
    }

    public ComposedWeights composition() {
        return bank.composition();
    }

    public AdapterBank bank() {
        return bank;
    }

    /**
     * Gives every candidate one weight per group of layers from now on. A vector of weights then has those of the first
     * candidate first, or still one weight per candidate, which is the same in all groups. Throws EngineException if the
     * model or the composition has no such groups.
     */
    public LearningSession setGroups(LayerGroups groups) {
        if (groups != layers) model.setGroups(bank, groups);
        layers = groups;
        return this;
    }

    /**
     * Returns the adapters with their weights. One whose weights in the layer groups differ is divided into its groups.
     */
    public List<WeightedAdapter> parts(double[] weights) {
        double[] all = perGroup(weights);
        int groups = layers.size();
        List<WeightedAdapter> parts = new ArrayList<>();
        for (int i = 0; i < adapters.size(); i++) {
            double[] own = Arrays.copyOfRange(all, i * groups, (i + 1) * groups);
            if (Arrays.stream(own).distinct().count() == 1) {
                parts.add(new WeightedAdapter(adapters.get(i), own[0]));
                continue;
            }
            for (int g = 0; g < groups; g++) {
                int group = g;
                parts.add(new WeightedAdapter(
                        adapters.get(i).only(module -> model.groupOf(module, layers) == group), own[g]));
            }
        }
        return parts;
    }

    public LayerGroups layers() {
        return layers;
    }

    /** Whether a candidate changes a module of a layer group; otherwise its weight there does nothing. */
    boolean changes(int candidate, int group) {
        return adapters.get(candidate).modules().keySet().stream().anyMatch(module -> bank.groupOf(module) == group);
    }

    /** Returns one weight per candidate and layer group, from such a vector or from one weight per candidate. */
    public double[] perGroup(double[] weights) {
        return bank.perGroup(weights);
    }

    /** Tokenises and checks examples. Throws RunTooLargeException if they are too long for the memory. */
    public ExampleSet encode(List<Example> examples) {
        ExampleSet set = ExampleSet.of(examples, prompt, tokenizer, base.config(), this::advance);
        requireMemory(model.passBytes(set.inputs(), set.outputs()));
        return set;
    }

    /** Throws RunTooLargeException if the mix can't be trained on the examples in this memory. */
    void requireMemoryToTrain(ExampleSet set) {
        requireMemory(model.trainBytes(set.inputs(), set.outputs()));
    }

    private void requireMemory(long bytes) {
        if (loaded.isOnCpu()) memoryCheck.accept(loaded.memory(adapters).reading(bytes));
    }

    /** Sets what checks the memory that examples need; otherwise they must fit this machine's. */
    public LearningSession checkMemory(Consumer<RunMemory> check) {
        memoryCheck = check;
        return this;
    }

    /** Receives the progress of work on many examples: tokenising, an evaluation, generation. */
    public interface ExampleListener {
        void examples(int done, int of);

        /** What the examples are read for from now on, such as "held-out examples with the mix". */
        default void begins(String work) {}
    }

    public void listen(ExampleListener next) {
        listener = next;
    }

    /** Tells the listener what the next examples are read for. */
    public void begin(String work) {
        listener.begins(work);
    }

    /** @throws CancellationException once the session is cancelled */
    void advance(int done, int of) {
        requireNotCancelled();
        listener.examples(done, of);
    }

    /**
     * Returns a sentence about the characters in these examples that the base model can neither distinguish nor write.
     */
    public Optional<String> unknownCharacters(List<Example> examples) {
        return UnknownCharacters.sentence(tokenizer, examples);
    }

    public Scorer scorer(ExampleSet examples) {
        return new Scorer(this, bank, examples);
    }

    public TextGeneration generation() {
        return new TextGeneration(this, tokenizer);
    }

    /**
     * Ends generation and controls with a CancellationException after the current batch. Can be called by any thread.
     */
    public void cancel() {
        cancelled = true;
    }

    public void requireNotCancelled() {
        if (cancelled) throw new CancellationException("The session was cancelled.");
    }

    @Override
    public void close() {
        bank.close();
        if (owned) loaded.close();
        adapters.forEach(LoraAdapter::close);
    }
}
