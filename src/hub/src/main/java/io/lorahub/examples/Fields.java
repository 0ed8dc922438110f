package io.lorahub.examples;

import io.lorahub.engine.learning.Example;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The names of an example's two texts.
 *
 * @param instruction name of the text that says what to do with the input, in data sets that store it separately, such
 *     as Alpaca and Dolly
 */
record Fields(Optional<String> instruction, String input, String output) {

    private static final String INSTRUCTION = "instruction";

    /**
     * Our names, also as our pages label them, and those of the published LoraHub program, BIG-Bench Hard and other
     * data sets.
     */
    private static final List<Fields> KNOWN = List.of(
            new Fields("input", "output"),
            new Fields("context", "completion"),
            new Fields("input", "target"),
            new Fields("inputs", "targets"),
            new Fields("prompt", "completion"),
            new Fields("prompt", "response"),
            new Fields("context", "response"),
            new Fields("instruction", "response"),
            new Fields("instruction", "output"),
            new Fields("question", "answer"),
            new Fields("source", "target"),
            new Fields("text", "label"),
            new Fields("sentence", "label"),
            new Fields("input", "label"),
            new Fields("input", "output wanted"),
            new Fields("input", "wanted"));

    static final String WANTED = "\"input\" and \"output\" (or \"context\" and \"completion\")";

    static Optional<Fields> among(Collection<String> names) {
        return KNOWN.stream()
                .filter(f -> names.contains(f.input) && names.contains(f.output))
                .findFirst()
                .map(f -> names.contains(INSTRUCTION) && !f.input.equals(INSTRUCTION)
                        ? new Fields(Optional.of(INSTRUCTION), f.input, f.output)
                        : f);
    }

    private Fields(String input, String output) {
        this(Optional.empty(), input, output);
    }

    /**
     * The input for the model: the instruction followed, on the next line, by the input if there is one.
     *
     * @param value returns the text of a field
     */
    String input(UnaryOperator<String> value) {
        String text = value.apply(input);
        if (instruction.isEmpty()) return text;
        String task = value.apply(instruction.get());
        return task.isBlank() ? text : text.isBlank() ? task : task + "\n" + text;
    }

    List<String> all() {
        return Stream.concat(instruction.stream(), Stream.of(input, output)).toList();
    }

    /** An example; empty if its output is blank, because nothing could be learned from it. */
    static Optional<Example> example(String input, String output) {
        return output.isBlank() ? Optional.empty() : Optional.of(new Example(input, output));
    }
}
