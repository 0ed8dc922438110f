package io.lorahub.engine.inspection;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.decoding.GreedyTexts;
import io.lorahub.engine.prompt.ModelPrompts;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.engine.prompt.PromptEncoder;
import io.lorahub.engine.prompt.PromptFormat;
import java.nio.file.Path;
import java.util.List;

/**
 * Checks that the engine can run a base model by running it instead of only reading its configuration.
 *
 * @param chatTemplate whether the model has a chat template
 * @param continuation what the model writes after {@link #INPUT}, without a chat
 */
public record ModelTrial(boolean chatTemplate, String continuation) {

    public static final String INPUT = "Hello";

    private static final int TOKENS = 8;

    /** Runs with the default prompt format would all fail otherwise. */
    private static void requireChat(ModelPrompts prompts) {
        if (!prompts.files().hasChatTemplate()) return;
        try {
            prompts.encoder(PromptChoice.of(PromptFormat.CHAT, null)).encode(INPUT, "the test input");
        } catch (EngineException e) {
            throw new EngineException(
                    "%s Get the template again, or leave it out; the model then reads plain prompts."
                            .formatted(e.getMessage()),
                    e);
        }
    }

    /**
     * Loads a model with its tokenizer and generates a few tokens.
     *
     * @throws io.lorahub.engine.error.EngineException if a part is missing or has the wrong shape
     */
    public static ModelTrial run(Path folder) {
        try (BaseModel base = BaseModel.open(folder);
                ModelPrompts prompts = ModelPrompts.open(folder, base.config().context());
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                AdapterBank none = model.bank(List.of(), ComposedWeights.EXACT)) {
            requireChat(prompts);
            PromptEncoder plain = prompts.encoder(PromptChoice.of(PromptFormat.PLAIN, null));
            List<int[]> input = List.of(plain.encode(INPUT, "the test input"));
            int[] written =
                    GreedyTexts.write(model, none, new double[0], input, TOKENS).get(0);
            return new ModelTrial(
                    prompts.files().hasChatTemplate(),
                    plain.answer(prompts.tokenizer().decode(written)));
        }
    }
}
