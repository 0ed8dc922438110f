package io.lorahub.examples;

import io.lorahub.engine.learning.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The contents of a pasted text.
 *
 * @param examples examples of the readable rows, in their order
 * @param faults   a sentence with its place for each unreadable row
 * @param header   texts of the first row if it names the columns; empty if it is an example
 * @param leftOut  names of further columns, which are not used
 */
public record Pasted(List<Example> examples, List<String> faults, List<String> header, List<String> leftOut) {

    /** Maximum number of faults reported in full; of the rest only the number is given. */
    private static final int MOST = 10;

    static final Pasted NOTHING = new Pasted(List.of(), List.of(), List.of(), List.of());

    /** How the text was interpreted, in sentences; empty for most texts. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (!header.isEmpty()) notes.add("The first row was taken as the header: %s.".formatted(words(header)));
        if (!leftOut.isEmpty()) notes.add("Left out: %s.".formatted(words(leftOut)));
        return notes;
    }

    private static String words(List<String> names) {
        return names.stream().map(name -> "“%s”".formatted(name.strip())).collect(Collectors.joining(", "));
    }

    /** The first ten faults and the number of the rest. */
    public List<String> firstFaults() {
        if (faults.size() <= MOST) return faults;
        List<String> first = new ArrayList<>(faults.subList(0, MOST));
        int more = faults.size() - MOST;
        first.add(more == 1 ? "One more row cannot be read." : "%,d more rows cannot be read.".formatted(more));
        return first;
    }
}
