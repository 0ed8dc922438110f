package io.lorahub.engine.learning;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.BaseFit;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.prompt.ModelPrompts;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.engine.prompt.PromptEncoder;
import io.lorahub.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A base model in memory with its tokenizer. It is immutable, so any number of sessions can use it at the same time.
 */
public final class LoadedModel implements AutoCloseable {

    private final BaseModel base;
    private final ModelPrompts prompts;
    private final LanguageModel model;

    private LoadedModel(BaseModel base, ModelPrompts prompts, LanguageModel model) {
        this.base = base;
        this.prompts = prompts;
        this.model = model;
    }

    /** Throws EngineException if the folder does not contain a model that the engine can run. */
    public static LoadedModel open(Path folder, Compute compute) {
        return open(folder, compute, List.of());
    }

    /** @param candidates adapters to compose on the model; with them it must fit this machine's memory */
    static LoadedModel open(Path folder, Compute compute, List<LoraAdapter> candidates) {
        CloseOnFailure closing = new CloseOnFailure();
        try {
            BaseModel base = closing.add(BaseModel.open(folder));
            if (compute.chosenDevice().equals("cpu")) {
                RunMemory.of(base, compute.precision().orElse(Precision.FLOAT32), candidates)
                        .requireMachine();
            }
            ModelPrompts prompts =
                    closing.add(ModelPrompts.open(folder, base.config().context()));
            return new LoadedModel(base, prompts, LanguageModel.load(base, compute));
        } catch (RuntimeException | Error e) {
            closing.close();
            throw e;
        }
    }

    /**
     * Returns the whole modules that one of the adapters replaces. Throws EngineException if one does not fit the model,
     * or if two replace modules.
     */
    public KeptModules requireFit(List<LoraAdapter> adapters) {
        adapters.forEach(this::requireFit);
        KeptModules kept =
                KeptModules.of(adapters, base.weights(), base.config().tiedModules());
        requireKnown(kept);
        return kept;
    }

    private void requireFit(LoraAdapter adapter) {
        Optional<CheckFinding> unfit = adapter.misfit(
                new BaseFit(base.config().modules(), base.config().tables()));
        unfit.or(() -> adapter.changedCopy(base.weights())).ifPresent(misfit -> {
            String named = adapter.config()
                    .baseModel()
                    .map(" It names %s as its base model."::formatted)
                    .orElse("");
            throw new EngineException("The adapter %s does not fit the base model in %s: %s%s"
                    .formatted(adapter.name(), base.folder(), misfit.sentence(), named));
        });
    }

    /** A module of another name would be loaded and never used. */
    private void requireKnown(KeptModules kept) {
        kept.modules().stream()
                .filter(module -> !base.config().canBeReplaced(module))
                .findFirst()
                .ifPresent(module -> {
                    throw new EngineException(
                            "The adapter %s replaces %s as a whole (modules_to_save), but the base model in %s has no embedding or output layer of this name. Save the adapter from the class that its task needs, such as AutoModelForCausalLM."
                                    .formatted(kept.adapter().orElseThrow().name(), module, base.folder()));
                });
    }

    /** Returns the memory that a run with these candidates needs. */
    public RunMemory memory(List<LoraAdapter> candidates) {
        return RunMemory.of(base, model.precision(), candidates);
    }

    /** Throws EngineException if the model has no such format. */
    public PromptEncoder prompt(PromptChoice choice) {
        return prompts.encoder(choice);
    }

    /** Whether the model computes in the machine's own memory instead of a GPU's. */
    public boolean isOnCpu() {
        return model.device().equals("cpu");
    }

    public BaseModel base() {
        return base;
    }

    public Tokenizer tokenizer() {
        return prompts.tokenizer();
    }

    public LanguageModel model() {
        return model;
    }

    @Override
    public void close() {
        model.close();
        prompts.close();
        base.close();
    }
}
