package io.lorahub.examples;

import io.lorahub.engine.learning.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The examples read so far, and the errors of the rows that could not be read. */
final class Findings {

    private final List<Example> examples = new ArrayList<>();
    private final List<ExamplesException> faults = new ArrayList<>();

    void take(Supplier<Example> row) {
        try {
            examples.add(row.get());
        } catch (ExamplesException e) {
            faults.add(e);
        }
    }

    void fault(ExamplesException fault) {
        faults.add(fault);
    }

    List<Example> examples() {
        return List.copyOf(examples);
    }

    List<String> faults() {
        return faults.stream().map(ExamplesException::getMessage).toList();
    }

    /** The examples; throws the first error if there is any. */
    List<Example> orThrow() {
        if (!faults.isEmpty()) throw faults.get(0);
        return examples();
    }
}
