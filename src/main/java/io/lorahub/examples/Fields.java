package io.lorahub.examples;

import io.lorahub.engine.learning.Example;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The names that the two texts of an example go by. */
record Fields(String input, String output) {

    /** Ours, also as our pages head them, the published LoraHub program's, BIG-Bench Hard's, and those that other data sets have. */
    private static final List<Fields> KNOWN = List.of(
            new Fields("input", "output"),
            new Fields("context", "completion"),
            new Fields("input", "target"),
            new Fields("inputs", "targets"),
            new Fields("prompt", "completion"),
            new Fields("prompt", "response"),
            new Fields("instruction", "response"),
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
                .findFirst();
    }

    /** Empty where the output is: nothing could be learned from it. */
    static Optional<Example> example(String input, String output) {
        return output.isBlank() ? Optional.empty() : Optional.of(new Example(input, output));
    }
}
