package io.lorahub.engine.learning;

import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/** Checks that the engine can run a base model by running it instead of only reading its configuration. */
public final class ModelTrial {

    private ModelTrial() {}

    /**
     * Loads a model with its tokenizer and generates one token.
     *
     * @throws io.lorahub.engine.error.EngineException if a part is missing or has the wrong shape
     */
    public static void run(Path folder) {
        try (BaseModel base = BaseModel.open(folder);
                Tokenizer tokenizer = Tokenizer.open(folder);
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                AdapterBank none = model.bank(List.of(), ComposedWeights.EXACT)) {
            model.generate(none, new double[0], List.of(tokenizer.encode("hello")), 1);
        }
    }
}
