package io.lorahub.engine.learning;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.model.T5Config;
import io.lorahub.engine.model.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Examples with their token ids, checked.
 *
 * @param inputs  token ids of each input
 * @param outputs token ids of each output, with the end token
 */
public record ExampleSet(List<Example> examples, List<int[]> inputs, List<int[]> outputs) {

    /**
     * Where the published program cuts inputs. T5's positions are relative: what the tokenizer's configuration calls its
     * longest is the length of the training only, so more is taken, as far as memory and time are sure to last.
     */
    private static final int LONGEST = 2048;

    private static final int REPORTED = 1000;

    static ExampleSet of(
            List<Example> examples, Tokenizer tokenizer, T5Config config, LearningSession.ExampleListener listener) {
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
            inputs.add(encode(example.input(), "input of example " + (i + 1), tokenizer, config));
            outputs.add(encode(example.output(), "output of example " + (i + 1), tokenizer, config));
        }
        return new ExampleSet(List.copyOf(examples), inputs, outputs);
    }

    /** Token ids of a text that the model can read; {@code what} names it in the error. */
    static int[] encode(String text, String what, Tokenizer tokenizer, T5Config config) {
        int[] ids = tokenizer.encode(text);
        int most = Math.max(LONGEST, tokenizer.maxLength());
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
            throw new EngineException("The tokenizer makes no token of the %s.".formatted(what));
        }
        return ids;
    }

    /** A part of it. */
    ExampleSet from(int start, int end) {
        return new ExampleSet(examples.subList(start, end), inputs.subList(start, end), outputs.subList(start, end));
    }

    /** Sorted by example, as the model packs them, token losses come back to the order of these. */
    public int size() {
        return examples.size();
    }
}
