package io.lorahub.composition.form;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.model.ModelTokenizers;
import io.lorahub.composition.request.PromptValidator;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.prompt.EncodedPair;
import io.lorahub.engine.prompt.ModelPrompts;
import io.lorahub.engine.prompt.PromptEncoder;
import io.lorahub.web.FieldError;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a decoder-only base model reads for the first example, with special tokens.
 *
 * @param chat     whether the model has a chat template
 * @param sample   whether there is no example yet, so that a placeholder is shown
 * @param prompt   text that the model reads
 * @param output   text that it is to write
 * @param tokens   tokens of both
 * @param longest  largest number of tokens that the model reads; 0 if there is no limit
 * @param fault    why there is nothing to show; empty if there is something
 */
public record PromptPreview(
        boolean chat, boolean sample, String prompt, String output, int tokens, int longest, String fault) {

    private static final Example SAMPLE = new Example("[input]", "[output]");

    /** Empty if the base model is unknown or has no choice of a format. */
    static Optional<PromptPreview> of(ModelTokenizers tokenizers, Optional<BaseModelRecord> base, RunSpec spec) {
        return base.flatMap(model -> tokenizers.with(model, prompts -> of(prompts, spec, model.name)))
                .flatMap(preview -> preview);
    }

    private static Optional<PromptPreview> of(ModelPrompts prompts, RunSpec spec, String model) {
        if (prompts.files().isEncoderDecoder()) return Optional.empty();
        boolean chat = prompts.files().hasChatTemplate();
        int longest = prompts.context().orElse(0);
        // the engine would name its folder
        Optional<FieldError> needed = chat ? Optional.empty() : PromptValidator.withoutTemplate(spec, model);
        if (needed.isPresent()) {
            return Optional.of(new PromptPreview(
                    false, false, "", "", 0, longest, needed.get().message()));
        }
        Optional<Example> first = spec.examples().stream().findFirst();
        Example example = new Example(
                first.map(Example::input).filter(text -> !text.isBlank()).orElse(SAMPLE.input()),
                first.map(Example::output).filter(text -> !text.isBlank()).orElse(SAMPLE.output()));
        boolean sample = first.filter(example::equals).isEmpty();
        try {
            PromptEncoder encoder = prompts.encoder(spec.promptChoice());
            EncodedPair pair = encoder.encode(example.input(), example.output(), "the first example");
            String before = prompts.tokenizer().decodeWithSpecialTokens(pair.prompt());
            String whole = prompts.tokenizer().decodeWithSpecialTokens(joined(pair));
            // an output that is decoded alone may lose its first space
            String output = whole.startsWith(before)
                    ? whole.substring(before.length())
                    : prompts.tokenizer().decodeWithSpecialTokens(pair.output());
            int tokens = pair.prompt().length + pair.output().length;
            return Optional.of(new PromptPreview(chat, sample, before, output, tokens, longest, ""));
        } catch (EngineException e) {
            return Optional.of(new PromptPreview(chat, sample, "", "", 0, longest, e.getMessage()));
        }
    }

    private static int[] joined(EncodedPair pair) {
        return IntStream.concat(Arrays.stream(pair.prompt()), Arrays.stream(pair.output()))
                .toArray();
    }

    /** Where the figures belong to an example of the form. */
    public String caption() {
        if (sample) return "How the model will read an example. Enter one to see it here.";
        return "The first example, %,d tokens%s."
                .formatted(tokens, longest == 0 ? "" : " of at most %,d".formatted(longest));
    }
}
