package io.lorahub.cli;

import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.RunListener;
import java.io.PrintWriter;

/** Shows how far a search is. */
interface ConsoleProgress extends RunListener, LearningSession.ExampleListener, AutoCloseable {

    /** A bar for someone who watches, lines for a file. */
    static ConsoleProgress of(int budget, PrintWriter err) {
        return System.console() == null ? new ProgressLines(budget, err) : new ProgressBarOnTerminal(budget);
    }

    @Override
    void close();
}
