package io.lorahub.examples;

import io.lorahub.engine.learning.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The examples read so far, and the errors of the rows that could not be read. */
final class Findings {

    private final int most;
    private final List<Example> examples = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private ExamplesException first;

    /** @param most number of rows that are read, whether they can be or not */
    Findings(int most) {
        this.most = most;
    }

    /** @throws ExamplesException if there are too many rows */
    void take(Supplier<Example> row) {
        if (examples.size() + faults.size() == most) {
            throw new ExamplesException("There are more than %,d rows; give a part of them.".formatted(most));
        }
        try {
            examples.add(row.get());
        } catch (ExamplesException e) {
            fault(e);
        }
    }

    void fault(ExamplesException fault) {
        if (first == null) first = fault;
        faults.add(fault.getMessage());
    }

    List<Example> examples() {
        return List.copyOf(examples);
    }

    List<String> faults() {
        return List.copyOf(faults);
    }

    /** The examples; throws the first error if there is any. */
    List<Example> orThrow() {
        if (first != null) throw first;
        return examples();
    }
}
