package io.lorahub.engine.learning;

import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.T5Model;
import io.lorahub.engine.model.Tokenizer;
import java.nio.file.Path;

/** A base model in memory with its tokenizer, for one session after another. Not for use by several threads at once. */
public final class LoadedModel implements AutoCloseable {

    private final BaseModel base;
    private final Tokenizer tokenizer;
    private final T5Model model;

    private LoadedModel(BaseModel base, Tokenizer tokenizer, T5Model model) {
        this.base = base;
        this.tokenizer = tokenizer;
        this.model = model;
    }

    /** Throws EngineException where the folder holds no model that the engine can run. */
    public static LoadedModel open(Path folder, Compute compute) {
        Closing closing = new Closing();
        try {
            BaseModel base = closing.add(BaseModel.open(folder));
            Tokenizer tokenizer = closing.add(Tokenizer.open(folder));
            return new LoadedModel(base, tokenizer, T5Model.load(base, compute));
        } catch (RuntimeException e) {
            closing.close();
            throw e;
        }
    }

    BaseModel base() {
        return base;
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    T5Model model() {
        return model;
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
        base.close();
    }
}
