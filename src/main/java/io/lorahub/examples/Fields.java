package io.lorahub.examples;

import io.lorahub.engine.learning.Example;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The names that the two texts of an example go by. */
record Fields(String input, String output) {

    /** Ours, the published LoraHub program's, and BIG-Bench Hard's. */
    private static final List<Fields> KNOWN =
            List.of(new Fields("input", "output"), new Fields("context", "completion"), new Fields("input", "target"));

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
