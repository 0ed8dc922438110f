package io.lorahub.engine.prompt;

import io.lorahub.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.OptionalInt;

/**
 * A model's tokenizer and what its files say about prompts, without its weights.
 *
 * @param context the largest number of tokens that the model can read; empty for no limit
 */
public record ModelPrompts(Tokenizer tokenizer, PromptFiles files, OptionalInt context) implements AutoCloseable {

    /**
     * Throws EngineException if tokenizer.json is missing or a file is broken. The folder can be removed afterwards.
     */
    public static ModelPrompts open(Path folder, OptionalInt context) {
        PromptFiles files = PromptFiles.read(folder);
        return new ModelPrompts(Tokenizer.open(folder), files, context);
    }

    /**
     * Throws EngineException if the model has no such format. A chat template that reads the date gets today's, unless
     * the choice names one, so that all prompts of the encoder have the same.
     */
    public PromptEncoder encoder(PromptChoice choice) {
        PromptFormat format = choice.in(files);
        PromptEncoder encoder = PromptEncoder.open(files, tokenizer, format, context);
        if (!encoder.readsDate() || format.date().isPresent()) return encoder;
        return PromptEncoder.open(files, tokenizer, format.on(LocalDate.now()), context);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
