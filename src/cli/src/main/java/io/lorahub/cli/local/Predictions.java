package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.terminal.AnsiStyle;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSession;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * What a mix writes for the inputs of examples.
 *
 * @param texts in the order of the examples
 */
record Predictions(List<Example> examples, List<String> texts) {

    static Predictions of(LearningSession session, double[] weights, List<Example> examples, int maxNewTokens) {
        List<String> inputs = examples.stream().map(Example::input).toList();
        return new Predictions(examples, session.generation().predict(inputs, weights, maxNewTokens));
    }

    /** The same; empty once the session is cancelled. */
    static Optional<Predictions> unlessCancelled(
            LearningSession session, double[] weights, List<Example> examples, int maxNewTokens) {
        try {
            return Optional.of(of(session, weights, examples, maxNewTokens));
        } catch (CancellationException e) {
            return Optional.empty();
        }
    }

    void addTo(ObjectNode node) {
        ArrayNode predictions = node.putArray("predictions");
        texts.forEach(predictions::add);
    }

    void print(PrintWriter out, AnsiStyle style) {
        for (int i = 0; i < texts.size(); i++) {
            Example example = examples.get(i);
            boolean right = texts.get(i).equals(example.output());
            out.printf(
                    "%s %s → %s%s%n",
                    right ? style.good("✓") : style.bad("✗"),
                    example.input(),
                    texts.get(i),
                    right ? "" : style.faint("   expected " + example.output()));
        }
    }
}
