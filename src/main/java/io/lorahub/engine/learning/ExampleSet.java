package io.lorahub.engine.learning;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.prompt.EncodedPair;
import io.lorahub.engine.prompt.PromptEncoder;
import io.lorahub.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Validated examples with their token ids.
 *
 * @param inputs  token ids of each input
 * @param outputs token ids of each output, with the end token
 */
public record ExampleSet(List<Example> examples, List<int[]> inputs, List<int[]> outputs) {

    /**
     * Number of tokens that are accepted for every model; the published program truncates inputs at this length. T5's
     * positions are relative, so the tokenizer's configured maximum is only the length used in training. Longer inputs
     * are accepted as far as memory and time certainly allow.
     */
    private static final int LONGEST = 2048;

    private static final int REPORTED = 1000;

    static ExampleSet of(
            List<Example> examples,
            PromptEncoder prompt,
            Tokenizer tokenizer,
            ModelConfig config,
            LearningSession.ExampleListener listener) {
        if (examples.isEmpty()) {
            throw new EngineException("There are no examples; give at least one input with its output.");
        }
        List<int[]> inputs = new ArrayList<>();
        List<int[]> outputs = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            if (i % REPORTED == 0) listener.examples(i, examples.size());
            Example example = examples.get(i);
            if (example.output().isBlank()) {
                throw new EngineException(
                        "Example %d has an empty output; the model cannot learn from it.".formatted(i + 1));
            }
            EncodedPair pair = prompt.encode(example.input(), example.output(), "example " + (i + 1));
            inputs.add(checked(pair.prompt(), "input of example " + (i + 1), tokenizer, config));
            outputs.add(checked(pair.output(), "output of example " + (i + 1), tokenizer, config));
        }
        return new ExampleSet(List.copyOf(examples), inputs, outputs);
    }

    /** Returns the token ids of a text that the model can read; {@code what} names the text in error messages. */
    static int[] prompt(String text, String what, PromptEncoder prompt, Tokenizer tokenizer, ModelConfig config) {
        return checked(prompt.encode(text, what), what, tokenizer, config);
    }

    private static int[] checked(int[] ids, String what, Tokenizer tokenizer, ModelConfig config) {
        int most = config.context().orElse(Math.max(LONGEST, tokenizer.maxLength()));
        if (ids.length > most) {
            throw new EngineException(
                    "The %s has %,d tokens; the limit is %,d. Shorten it.".formatted(what, ids.length, most));
        }
        for (int id : ids) {
            if (id >= config.vocabulary()) {
                throw new EngineException(
                        "The tokenizer gives the id %d for the %s, but the model knows only %d tokens; the tokenizer belongs to another model."
                                .formatted(id, what, config.vocabulary()));
            }
        }
        if (ids.length == 0) {
            throw new EngineException("The tokenizer makes no tokens from the %s.".formatted(what));
        }
        return ids;
    }

    ExampleSet from(int start, int end) {
        return new ExampleSet(examples.subList(start, end), inputs.subList(start, end), outputs.subList(start, end));
    }

    public int size() {
        return examples.size();
    }
}
