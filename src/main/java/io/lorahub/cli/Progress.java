package io.lorahub.cli;

import io.lorahub.engine.learning.RunListener;
import io.lorahub.engine.learning.Session;
import java.io.PrintWriter;

/** Shows how far a search is. */
interface Progress extends RunListener, Session.ExampleListener, AutoCloseable {

    /** A bar for someone who watches, lines for a file. */
    static Progress of(int budget, PrintWriter err) {
        return System.console() == null ? new ProgressLines(budget, err) : new ProgressBarOnTerminal(budget);
    }

    @Override
    void close();
}
