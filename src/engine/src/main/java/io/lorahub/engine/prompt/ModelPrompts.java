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
     * Number of tokens that are accepted for every model; the published program truncates inputs at this length. T5's
     * positions are relative, so the tokenizer's configured maximum is only the length used in training. Longer inputs
     * are accepted as far as memory and time certainly allow.
     */
    private static final int LONGEST = 2048;

    /** The same for tokenizers that name a larger number, or none: attention takes memory by the square of the length. */
    private static final int LONGEST_NAMED = 4096;

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

    /** Returns the largest number of tokens of a text that a model with this context and tokenizer is given to read. */
    public static int longest(OptionalInt context, Tokenizer tokenizer) {
        return context.orElse(Math.min(LONGEST_NAMED, Math.max(LONGEST, tokenizer.maxLength())));
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
