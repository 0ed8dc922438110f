package io.lorahub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.LearningOutcome;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** How a fixed mix does on examples. */
record EvaluateResult(
        double objective, double loss, List<LearningOutcome> outcomes, Accuracy accuracy, List<String> predictions) {

    ObjectNode json(boolean withPredictions) {
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.put("objective", objective);
        node.put("loss", loss);
        ArrayNode losses = node.putArray("example_losses");
        outcomes.forEach(o -> losses.add(o.loss()));
        ComposeJson.accuracy(node, accuracy);
        if (withPredictions) {
            ArrayNode texts = node.putArray("predictions");
            predictions.forEach(texts::add);
        }
        return node;
    }

    void print(PrintWriter out, AnsiStyle style, boolean withPredictions) {
        if (withPredictions) {
            for (int i = 0; i < predictions.size(); i++) print(out, style, i);
            out.println();
        }
        out.println(style.strong(String.format(
                Locale.ROOT,
                "%d of %d right: %.0f %% (95 %% interval %.1f to %.1f)",
                Math.round(accuracy.exactMatch() * accuracy.count() / 100),
                accuracy.count(),
                accuracy.exactMatch(),
                accuracy.low(),
                accuracy.high())));
        out.println(String.format(
                Locale.ROOT, "%.0f %% when case, full stops and outer space do not count", accuracy.accuracy()));
        out.println(
                Double.isFinite(loss)
                        ? "objective %s, loss %s".formatted(TextLines.number(objective), TextLines.number(loss))
                        : "The loss is no finite number; the weights are too large, or a file holds NaN.");
        out.flush();
    }

    private void print(PrintWriter out, AnsiStyle style, int i) {
        String wanted = outcomes.get(i).example().output();
        boolean right = predictions.get(i).equals(wanted);
        out.printf(
                "%s %s → %s%s%n",
                right ? style.good("✓") : style.bad("✗"),
                outcomes.get(i).example().input(),
                predictions.get(i),
                right ? "" : style.faint("   wanted " + wanted));
    }
}
