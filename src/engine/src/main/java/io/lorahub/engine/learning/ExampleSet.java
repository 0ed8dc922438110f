package io.lorahub.engine.learning;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.prompt.EncodedPair;
import io.lorahub.engine.prompt.ModelPrompts;
import io.lorahub.engine.prompt.PromptEncoder;
import io.lorahub.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Validated examples with their token ids.
 *
 * @param inputs  token ids of each input
 * @param outputs token ids of each output, with the end token
 */
public record ExampleSet(List<Example> examples, List<int[]> inputs, List<int[]> outputs) {

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
            inputs.add(checked(pair.prompt(), "the input of example " + (i + 1), tokenizer, config));
            outputs.add(checked(pair.output(), "the output of example " + (i + 1), tokenizer, config));
        }
        return new ExampleSet(List.copyOf(examples), inputs, outputs);
    }

    /** Returns the token ids of a text that the model can read; {@code what} names it in errors: "input 2". */
    static int[] prompt(String text, String what, PromptEncoder prompt, Tokenizer tokenizer, ModelConfig config) {
        return checked(prompt.encode(text, what), what, tokenizer, config);
    }

    private static int[] checked(int[] ids, String what, Tokenizer tokenizer, ModelConfig config) {
        int most = ModelPrompts.longest(config.context(), tokenizer);
        if (ids.length > most) {
            throw new EngineException(
                    "%s has %,d tokens; the limit is %,d. Shorten it.".formatted(sentence(what), ids.length, most));
        }
        for (int id : ids) {
            if (id >= config.vocabulary()) {
                throw new EngineException(
                        "The tokenizer gives the id %d for %s, but the model knows only %d tokens; the tokenizer belongs to another model."
                                .formatted(id, what, config.vocabulary()));
            }
        }
        if (ids.length == 0) {
            throw new EngineException("The tokenizer makes no tokens from %s.".formatted(what));
        }
        return ids;
    }

    /** In tokens, without the end token. */
    public int longestOutput() {
        return outputs.stream().mapToInt(output -> output.length).max().orElse(1) - 1;
    }

    private static String sentence(String what) {
        return Character.toUpperCase(what.charAt(0)) + what.substring(1);
    }

    public ExampleSet from(int start, int end) {
        return new ExampleSet(examples.subList(start, end), inputs.subList(start, end), outputs.subList(start, end));
    }

    /** Those at some places, from 0. */
    public ExampleSet where(IntPredicate place) {
        int[] places = IntStream.range(0, size()).filter(place).toArray();
        return new ExampleSet(at(places, examples), at(places, inputs), at(places, outputs));
    }

    private static <T> List<T> at(int[] places, List<T> all) {
        return Arrays.stream(places).mapToObj(all::get).toList();
    }

    public int size() {
        return examples.size();
    }
}
