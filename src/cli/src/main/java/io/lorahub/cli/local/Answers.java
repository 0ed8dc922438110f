package io.lorahub.cli.local;

import java.util.List;
import java.util.function.Consumer;

/** Answers inputs, each by itself. */
interface Answers {

    /**
     * @param printed receives the answers piece by piece, in the order of the inputs, each followed by a line break
     * @return the answers
     */
    List<String> of(List<String> inputs, Consumer<String> printed);
}
