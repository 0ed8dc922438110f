package io.lorahub.examples;

import io.lorahub.engine.learning.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a pasted text holds.
 *
 * @param examples of the rows that can be read, in their order
 * @param faults   a sentence with its place for each row that cannot
 * @param header   the texts of the first row where it names the columns; empty where it is an example
 * @param leftOut  names of further columns, which are not used
 */
public record Pasted(List<Example> examples, List<String> faults, List<String> header, List<String> leftOut) {

    /** Faults that are worth reading; of more only the number is said. */
    private static final int MOST = 10;

    static final Pasted NOTHING = new Pasted(List.of(), List.of(), List.of(), List.of());

    /** What was understood of the text beside its examples, in sentences; none for most texts. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (!header.isEmpty()) notes.add("The first row was taken as the header: %s.".formatted(words(header)));
        if (!leftOut.isEmpty()) notes.add("Left out: %s.".formatted(words(leftOut)));
        return notes;
    }

    private static String words(List<String> names) {
        return names.stream().map(name -> "“%s”".formatted(name.strip())).collect(Collectors.joining(", "));
    }

    /** The first ten faults, and how many more there are. */
    public List<String> firstFaults() {
        if (faults.size() <= MOST) return faults;
        List<String> first = new ArrayList<>(faults.subList(0, MOST));
        int more = faults.size() - MOST;
        first.add(more == 1 ? "One more row cannot be read." : "%,d more rows cannot be read.".formatted(more));
        return first;
    }
}
